import "unknown_sort.mpl
