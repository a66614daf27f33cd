sort N = 0 | s(N)
var <script> : N
