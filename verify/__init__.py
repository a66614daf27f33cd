"""Second opinions on a certificate: Lean 4 and Z3, each in a child process."""
