theory Imports
import "below/naturals.mpl"
import "below/more.mpl"
op three : N
  three = 3
theorem twice_three: twice(three) = 6
