import "import_cycle.mpl"
