sort Colour = red | green | blue
