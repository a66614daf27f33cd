"""LLVM: modules as text made into object files, kept on disk, and made executable."""

from __future__ import annotations

import llvmlite.binding as llvm

from . import native_cache


def assemble(text: str, optimise: bool) -> bytes:
    """The object file of a module. Milliseconds, or with `optimise` tenths of a second."""
    module = llvm.parse_assembly(text)
    machine = _target(optimise)
    if optimise:
        builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=2))
        builder.getModulePassManager().run(module, builder)
    binary: bytes = machine.emit_object(module)
    return binary


def optimised(text: str) -> bytes:
    """The same through the cache on disk."""
    name = native_cache.key(text)
    binary = native_cache.find(name)
    if binary is None:
        binary = assemble(text, optimise=True)
        native_cache.keep(name, binary)
    return binary


def linked(binary: bytes) -> llvm.ExecutionEngine:
    """The machine code of an object file, which lives as long as what is returned."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target(False))
    engine.add_object_file(llvm.ObjectFileRef.from_data(binary))
    engine.finalize_object()
    return engine


def _target(optimise: bool) -> llvm.TargetMachine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=2 if optimise else 0,
        jit=True,
    )
