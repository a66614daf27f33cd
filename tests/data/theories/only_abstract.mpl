sort A
