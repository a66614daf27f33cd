import "../../../samples.py"
