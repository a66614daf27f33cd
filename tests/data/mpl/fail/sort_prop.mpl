sort Prop
