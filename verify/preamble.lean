prelude
set_option genCtorIdx false
set_option linter.all false
set_option warn.classDefReducibility false
universe u v
inductive lcErased : Type
inductive lcAny : Type
inductive Eq {α : Sort u} : α → α → Prop where
  | refl (a : α) : Eq a a
structure And (a b : Prop) : Prop where
  intro ::
  left : a
  right : b
inductive Or (a b : Prop) : Prop where
  | inl (h : a) : Or a b
  | inr (h : b) : Or a b
inductive False : Prop
inductive True : Prop where
  | intro : True
inductive Exists {α : Sort u} (p : α → Prop) : Prop where
  | intro (w : α) (h : p w) : Exists p
theorem Eq.symm {α : Sort u} {a b : α} (h : Eq a b) : Eq b a := Eq.rec (motive := fun x _ => Eq x a) (Eq.refl a) h
theorem Eq.trans {α : Sort u} {a b c : α} (h : Eq a b) (k : Eq b c) : Eq a c := Eq.rec (motive := fun x _ => Eq a x) h k
theorem Eq.subst {α : Sort u} {motive : α → Prop} {a b : α} (h : Eq a b) (m : motive a) : motive b := Eq.rec (motive := fun x _ => motive x) m h
theorem congrArg {α : Sort u} {β : Sort v} {a b : α} (f : α → β) (h : Eq a b) : Eq (f a) (f b) := Eq.rec (motive := fun x _ => Eq (f a) (f x)) (Eq.refl (f a)) h
noncomputable def False.elim {C : Sort u} (h : False) : C := False.rec (motive := fun _ => C) h
theorem Or.elim {a b c : Prop} (h : Or a b) (left : a → c) (right : b → c) : c := Or.rec (motive := fun _ => c) left right h
theorem Exists.elim {α : Sort u} {p : α → Prop} {b : Prop} (h : Exists (fun x => p x)) (k : ∀ (a : α), p a → b) : b := Exists.rec (motive := fun _ => b) k h
inductive Nat where | zero : Nat | succ (n : Nat) : Nat
noncomputable def Nat.add (x y : Nat) : Nat := Nat.rec (motive := fun _ => Nat) x (fun _ r => Nat.succ r) y
noncomputable def Nat.mul (x y : Nat) : Nat := Nat.rec (motive := fun _ => Nat) Nat.zero (fun _ r => Nat.add r x) y
universe w
noncomputable def outParam (α : Sort u) : Sort u := α
class OfNat (α : Type u) (n : Nat) where
  ofNat : α
class Add (α : Type u) where
  add : α → α → α
class HAdd (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  hAdd : α → β → γ
noncomputable def instHAdd {α : Type u} [Add α] : HAdd α α α := HAdd.mk (fun a b => Add.add a b)
noncomputable def instAddNat : Add Nat := Add.mk Nat.add
noncomputable def instOfNatNat (n : Nat) : OfNat Nat n := OfNat.mk n
