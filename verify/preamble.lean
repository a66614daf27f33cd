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
attribute [instance] instOfNatNat
inductive Bool : Type where | false : Bool | true : Bool
noncomputable def Nat.pred (x : Nat) : Nat := Nat.rec (motive := fun _ => Nat) Nat.zero (fun n _ => n) x
noncomputable def Nat.sub (x y : Nat) : Nat := Nat.rec (motive := fun _ => Nat) x (fun _ r => Nat.pred r) y
noncomputable def Nat.pow (x y : Nat) : Nat := Nat.rec (motive := fun _ => Nat) (Nat.succ Nat.zero) (fun _ r => Nat.mul r x) y
noncomputable def Nat.ble (x y : Nat) : Bool := Nat.rec (motive := fun _ => Nat → Bool) (fun _ => Bool.true) (fun _ r k => Nat.rec (motive := fun _ => Bool) Bool.false (fun n _ => r n) k) x y
noncomputable def Nat.beq (x y : Nat) : Bool := Nat.rec (motive := fun _ => Nat → Bool) (fun k => Nat.rec (motive := fun _ => Bool) Bool.true (fun _ _ => Bool.false) k) (fun _ r k => Nat.rec (motive := fun _ => Bool) Bool.false (fun n _ => r n) k) x y
noncomputable def Nat.div (x y : Nat) : Nat := Nat.rec (motive := fun _ => Nat) Nat.zero (fun _ _ => Nat.rec (motive := fun _ => Nat → Nat) (fun _ => Nat.zero) (fun _ r k => Bool.rec (motive := fun _ => Nat) Nat.zero (Nat.succ (r (Nat.sub k y))) (Nat.ble y k)) x x) y
noncomputable def Nat.mod (x y : Nat) : Nat := Nat.sub x (Nat.mul y (Nat.div x y))
noncomputable def Nat.bits (f : Nat → Nat → Nat) (x y : Nat) : Nat := Nat.rec (motive := fun _ => Nat → Nat → Nat) (fun _ _ => Nat.zero) (fun _ r m n => Nat.add (f (Nat.mod m 2) (Nat.mod n 2)) (Nat.mul 2 (r (Nat.div m 2) (Nat.div n 2)))) (Nat.add x y) x y
noncomputable def Nat.land (x y : Nat) : Nat := Nat.bits (fun a b => Nat.mul a b) x y
noncomputable def Nat.lor (x y : Nat) : Nat := Nat.bits (fun a b => Nat.sub (Nat.add a b) (Nat.mul a b)) x y
noncomputable def Nat.xor (x y : Nat) : Nat := Nat.bits (fun a b => Nat.mod (Nat.add a b) 2) x y
inductive Int : Type where | ofNat (n : Nat) : Int | negSucc (n : Nat) : Int
noncomputable def Int.subNatNat (x y : Nat) : Int := Nat.rec (motive := fun _ => Int) (Int.ofNat (Nat.sub x y)) (fun n _ => Int.negSucc n) (Nat.sub y x)
noncomputable def Int.neg (x : Int) : Int := Int.rec (motive := fun _ => Int) (fun n => Int.subNatNat Nat.zero n) (fun n => Int.ofNat (Nat.succ n)) x
noncomputable def Int.add (x y : Int) : Int := Int.rec (motive := fun _ => Int) (fun m => Int.rec (motive := fun _ => Int) (fun n => Int.ofNat (Nat.add m n)) (fun n => Int.subNatNat m (Nat.succ n)) y) (fun m => Int.rec (motive := fun _ => Int) (fun n => Int.subNatNat n (Nat.succ m)) (fun n => Int.negSucc (Nat.succ (Nat.add m n))) y) x
noncomputable def Int.sub (x y : Int) : Int := Int.add x (Int.neg y)
noncomputable def Int.mul (x y : Int) : Int := Int.rec (motive := fun _ => Int) (fun m => Int.rec (motive := fun _ => Int) (fun n => Int.ofNat (Nat.mul m n)) (fun n => Int.subNatNat Nat.zero (Nat.mul m (Nat.succ n))) y) (fun m => Int.rec (motive := fun _ => Int) (fun n => Int.subNatNat Nat.zero (Nat.mul (Nat.succ m) n)) (fun n => Int.ofNat (Nat.mul (Nat.succ m) (Nat.succ n))) y) x
inductive BitVec : Nat → Type where | nil : BitVec Nat.zero | cons (w : Nat) (b : Bool) (v : BitVec w) : BitVec (Nat.succ w)
noncomputable def BitVec.ofNat (w n : Nat) : BitVec w := Nat.rec (motive := fun w => Nat → BitVec w) (fun _ => BitVec.nil) (fun w r k => BitVec.cons w (Nat.beq (Nat.mod k 2) 1) (r (Nat.div k 2))) w n
noncomputable def BitVec.toNat {w : Nat} (x : BitVec w) : Nat := BitVec.rec (motive := fun _ _ => Nat) Nat.zero (fun _ b _ r => Nat.add (Bool.rec (motive := fun _ => Nat) Nat.zero 1 b) (Nat.mul 2 r)) x
