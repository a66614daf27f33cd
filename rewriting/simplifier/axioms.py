"""The axioms of the real and of the complex numbers, as texts: `name: statement if conditions`, one a line.

`SHARED` holds of both. In the theory of the reals its conditions `real(x)` are left out. The variables m and n of
`whole(n)` are numbers like any.

Each is true in the total functions of `random_values.py`, at every point where its conditions hold, also where a term
has no usual value; that is why they can be used together. They are so written that nothing is said of a function
outside its domain, with one exception: 0 ^ y = 0 for y <> 0, also for y < 0, which makes laws such as (x*y)^n = x^n*y^n
hold without conditions. 0 ^ 0 = 1.
"""

from __future__ import annotations

RING = """
add_comm:          x + y = y + x
add_assoc:         x + y + z = x + (y + z)
add_zero:          x + 0 = x
mul_comm:          x * y = y * x
mul_assoc:         x * y * z = x * (y * z)
mul_one:           x * 1 = x
mul_zero:          x * 0 = 0
distrib:           x * (y + z) = x * y + x * z
neg_def:           -x = -1 * x
sub_def:           x - y = x + -1 * y
div_def:           x / y = x * y^(-1)
"""

POWERS = """
pow_zero:          x^0 = 1
pow_one:           x^1 = x
pow_two:           x^2 = x * x
one_pow:           1^x = 1
zero_pow:          0^x = 0 if x > 0
pow_neg:           x^(-n) = (x^(-1))^n if whole(n)
mul_inv:           x * x^(-1) = 1 if x != 0
inv_mul:           (x * y)^(-1) = x^(-1) * y^(-1)
inv_inv:           (x^(-1))^(-1) = x
pow_mul_whole:     (x * y)^n = x^n * y^n if whole(n)
pow_pow:           (x^y)^z = x^(y * z) if x >= 0 and real(y)
sqrt_def:          sqrt(x) = x^(1/2)
sqrt_zero:         sqrt(0) = 0
sqrt_one:          sqrt(1) = 1
sqrt_square:       sqrt(x^2) = abs(x) if real(x)
sqrt_mul_self:     sqrt(x * x) = abs(x) if real(x)
"""

POWERS_REAL = """
pow_add_whole:     x^(m + n) = x^m * x^n if whole(m) and whole(n) and m + n != 0
pow_succ:          x^(n + 1) = x^n * x if whole(n) and n >= 0
pow_add_nonzero:   x^(m + n) = x^m * x^n if whole(m) and whole(n) and x != 0
pow_add:           x^(y + z) = x^y * x^z if x > 0
pow_mul:           (x * y)^z = x^z * y^z if x >= 0 and y >= 0
pow_pow_whole:     (x^m)^n = x^(m * n) if whole(m) and whole(n)
sqrt_squared:      sqrt(x)^2 = x if x >= 0
sqrt_times_sqrt:   sqrt(x) * sqrt(x) = x if x >= 0
sqrt_mul:          sqrt(x * y) = sqrt(x) * sqrt(y) if x >= 0 and y >= 0
sqrt_div:          sqrt(x / y) = sqrt(x) / sqrt(y) if x >= 0 and y >= 0
"""

POWERS_COMPLEX = """
pow_add_whole:     x^(m + n) = x^m * x^n if m + n != 0
pow_succ:          x^(n + 1) = x^n * x if n >= 0
pow_add:           x^(y + z) = x^y * x^z if x != 0
pow_mul:           (x * y)^z = x^z * y^z if x >= 0
pow_pow_whole:     (x^y)^n = x^(y * n) if whole(n)
sqrt_squared:      sqrt(x)^2 = x
sqrt_times_sqrt:   sqrt(x) * sqrt(x) = x
sqrt_mul:          sqrt(x * y) = sqrt(x) * sqrt(y) if x >= 0
sqrt_div:          sqrt(x / y) = sqrt(x) / sqrt(y) if y >= 0
i_squared:         i * i = -1
sqrt_minus_one:    sqrt(-1) = i
"""

ABSOLUTE = """
abs_same:          abs(x) = x if x >= 0
abs_opposite:      abs(x) = -x if x <= 0
abs_neg:           abs(-x) = abs(x)
abs_abs:           abs(abs(x)) = abs(x)
abs_mul:           abs(x * y) = abs(x) * abs(y)
abs_div:           abs(x / y) = abs(x) / abs(y)
abs_pow:           abs(x^n) = abs(x)^n if whole(n)
abs_squared:       abs(x)^2 = x^2 if real(x)
abs_times_abs:     abs(x) * abs(x) = x * x if real(x)
"""

EXPONENTIAL = """
exp_zero:          exp(0) = 1
exp_one:           exp(1) = e
exp_add:           exp(x + y) = exp(x) * exp(y)
exp_sub:           exp(x - y) = exp(x) / exp(y)
exp_neg:           exp(-x) = exp(x)^(-1)
exp_pow:           exp(x)^y = exp(x * y) if real(x)
pow_of_e:          e^x = exp(x)
ln_one:            ln(1) = 0
ln_e:              ln(e) = 1
ln_exp:            ln(exp(x)) = x if real(x)
ln_pow:            ln(x^y) = y * ln(x) if x > 0 and real(y)
ln_inv:            ln(1 / x) = -ln(x) if x > 0
"""

EXPONENTIAL_REAL = """
exp_ln:            exp(ln(x)) = x if x > 0
pow_exp_ln:        x^y = exp(y * ln(x)) if x > 0
ln_mul:            ln(x * y) = ln(x) + ln(y) if x > 0 and y > 0
ln_div:            ln(x / y) = ln(x) - ln(y) if x > 0 and y > 0
"""

EXPONENTIAL_COMPLEX = """
exp_ln:            exp(ln(x)) = x if x != 0
pow_exp_ln:        x^y = exp(y * ln(x)) if x != 0
exp_pow_whole:     exp(x)^n = exp(x * n) if whole(n)
ln_mul:            ln(x * y) = ln(x) + ln(y) if x > 0 and y != 0
ln_div:            ln(x / y) = ln(x) - ln(y) if x != 0 and y > 0
ln_minus_one:      ln(-1) = i * pi
exp_i:             exp(i * x) = cos(x) + i * sin(x)
exp_i_pi:          exp(i * pi) = -1
cos_exp:           cos(x) = 1/2 * (exp(i * x) + exp(-(i * x)))
sin_exp:           sin(x) = -1/2 * i * (exp(i * x) - exp(-(i * x)))
cos_i:             cos(i * x) = cosh(x)
sin_i:             sin(i * x) = i * sinh(x)
"""

TRIGONOMETRY = """
pythagoras:        sin(x)^2 + cos(x)^2 = 1
sin_squared:       sin(x)^2 = 1 - cos(x)^2
cos_squared:       cos(x)^2 = 1 - sin(x)^2
sin_neg:           sin(-x) = -sin(x)
cos_neg:           cos(-x) = cos(x)
sin_add:           sin(x + y) = sin(x) * cos(y) + cos(x) * sin(y)
sin_sub:           sin(x - y) = sin(x) * cos(y) - cos(x) * sin(y)
cos_add:           cos(x + y) = cos(x) * cos(y) - sin(x) * sin(y)
cos_sub:           cos(x - y) = cos(x) * cos(y) + sin(x) * sin(y)
sin_double:        sin(2 * x) = 2 * sin(x) * cos(x)
cos_double:        cos(2 * x) = cos(x)^2 - sin(x)^2
cos_double_cos:    cos(2 * x) = 2 * cos(x)^2 - 1
cos_double_sin:    cos(2 * x) = 1 - 2 * sin(x)^2
sin_triple:        sin(3 * x) = 3 * sin(x) - 4 * sin(x)^3
cos_triple:        cos(3 * x) = 4 * cos(x)^3 - 3 * cos(x)
sin_cos:           sin(x) * cos(y) = 1/2 * (sin(x + y) + sin(x - y))
cos_cos:           cos(x) * cos(y) = 1/2 * (cos(x + y) + cos(x - y))
sin_sin:           sin(x) * sin(y) = 1/2 * (cos(x - y) - cos(x + y))
sin_zero:          sin(0) = 0
sin_pi_6:          sin(1/6 * pi) = 1/2
sin_pi_4:          sin(1/4 * pi) = 1/2 * sqrt(2)
sin_pi_3:          sin(1/3 * pi) = 1/2 * sqrt(3)
sin_pi_2:          sin(1/2 * pi) = 1
sin_pi:            sin(pi) = 0
cos_zero:          cos(0) = 1
cos_pi_6:          cos(1/6 * pi) = 1/2 * sqrt(3)
cos_pi_4:          cos(1/4 * pi) = 1/2 * sqrt(2)
cos_pi_3:          cos(1/3 * pi) = 1/2
cos_pi_2:          cos(1/2 * pi) = 0
cos_pi:            cos(pi) = -1
sin_shift_pi_2:    sin(x + 1/2 * pi) = cos(x)
cos_shift_pi_2:    cos(x + 1/2 * pi) = -sin(x)
sin_shift_pi:      sin(x + pi) = -sin(x)
cos_shift_pi:      cos(x + pi) = -cos(x)
sin_period:        sin(x + 2 * pi) = sin(x)
cos_period:        cos(x + 2 * pi) = cos(x)
tan_def:           tan(x) = sin(x) / cos(x)
tan_product:       tan(x) = sin(x) * cos(x)^(-1)
tan_neg:           tan(-x) = -tan(x)
tan_add:           tan(x + y) = (tan(x) + tan(y)) / (1 - tan(x) * tan(y)) if cos(x) != 0 and cos(y) != 0
tan_double:        tan(2 * x) = 2 * tan(x) / (1 - tan(x)^2)
tan_squared:       tan(x)^2 + 1 = cos(x)^(-2) if cos(x) != 0
tan_zero:          tan(0) = 0
tan_pi_4:          tan(1/4 * pi) = 1
tan_pi:            tan(pi) = 0
tan_shift_pi:      tan(x + pi) = tan(x)
"""

HYPERBOLIC_REAL = """
tanh_squared:      1 - tanh(x)^2 = cosh(x)^(-2)
"""

HYPERBOLIC_COMPLEX = """
tanh_squared:      1 - tanh(x)^2 = cosh(x)^(-2) if cosh(x) != 0
"""

HYPERBOLIC = """
sinh_def:          sinh(x) = 1/2 * (exp(x) - exp(-x))
cosh_def:          cosh(x) = 1/2 * (exp(x) + exp(-x))
tanh_def:          tanh(x) = sinh(x) / cosh(x)
hyperbola:         cosh(x)^2 - sinh(x)^2 = 1
cosh_squared:      cosh(x)^2 = sinh(x)^2 + 1
sinh_squared:      sinh(x)^2 = cosh(x)^2 - 1
cosh_add_sinh:     cosh(x) + sinh(x) = exp(x)
cosh_sub_sinh:     cosh(x) - sinh(x) = exp(-x)
sinh_neg:          sinh(-x) = -sinh(x)
cosh_neg:          cosh(-x) = cosh(x)
tanh_neg:          tanh(-x) = -tanh(x)
sinh_add:          sinh(x + y) = sinh(x) * cosh(y) + cosh(x) * sinh(y)
cosh_add:          cosh(x + y) = cosh(x) * cosh(y) + sinh(x) * sinh(y)
sinh_double:       sinh(2 * x) = 2 * sinh(x) * cosh(x)
cosh_double:       cosh(2 * x) = cosh(x)^2 + sinh(x)^2
sinh_zero:         sinh(0) = 0
cosh_zero:         cosh(0) = 1
tanh_zero:         tanh(0) = 0
"""

INVERSE = """
asin_sin:          asin(sin(x)) = x if x >= -1/2 * pi and x <= 1/2 * pi
acos_cos:          acos(cos(x)) = x if x >= 0 and x <= pi
atan_tan:          atan(tan(x)) = x if x > -1/2 * pi and x < 1/2 * pi
asin_zero:         asin(0) = 0
asin_half:         asin(1/2) = 1/6 * pi
asin_one:          asin(1) = 1/2 * pi
acos_zero:         acos(0) = 1/2 * pi
acos_half:         acos(1/2) = 1/3 * pi
acos_one:          acos(1) = 0
acos_minus_one:    acos(-1) = pi
atan_zero:         atan(0) = 0
atan_one:          atan(1) = 1/4 * pi
"""

INVERSE_REAL = """
sin_asin:          sin(asin(x)) = x if x >= -1 and x <= 1
cos_acos:          cos(acos(x)) = x if x >= -1 and x <= 1
tan_atan:          tan(atan(x)) = x
cos_asin:          cos(asin(x)) = sqrt(1 - x^2) if x >= -1 and x <= 1
sin_acos:          sin(acos(x)) = sqrt(1 - x^2) if x >= -1 and x <= 1
acos_asin:         acos(x) = 1/2 * pi - asin(x) if x >= -1 and x <= 1
asin_neg:          asin(-x) = -asin(x) if x >= -1 and x <= 1
acos_neg:          acos(-x) = pi - acos(x) if x >= -1 and x <= 1
atan_neg:          atan(-x) = -atan(x)
"""

INVERSE_COMPLEX = """
sin_asin:          sin(asin(x)) = x
cos_acos:          cos(acos(x)) = x
tan_atan:          tan(atan(x)) = x if x^2 + 1 != 0
cos_asin:          cos(asin(x)) = sqrt(1 - x^2)
sin_acos:          sin(acos(x)) = sqrt(1 - x^2)
acos_asin:         acos(x) = 1/2 * pi - asin(x)
asin_neg:          asin(-x) = -asin(x)
acos_neg:          acos(-x) = pi - acos(x)
atan_neg:          atan(-x) = -atan(x) if x^2 + 1 != 0
"""

# What is known of signs, bounds, and of being whole or real. Among complex numbers x < y means that both are real, and
# x is the smaller one. `signs.py` says how they are used.

ORDER = """
lt_def:            (x < y) = (y > x)
le_def:            (x <= y) = (y >= x)
one_gt_zero:       1 > 0
ge_of_gt:          x >= y if x > y
ne_of_gt:          x != y if x > y
ne_of_lt:          x != y if y > x
gt_of_ge_ne:       x > y if x >= y and x != y
gt_of_ge_ne_left:  x > y if x >= y and y != x
ne_sym:            x != y if y != x
eq_of_ge_ge:       x = y if x >= y and y >= x
gt_gt:             x > z if x > y and y > z
gt_ge:             x > z if x > y and y >= z
ge_gt:             x > z if x >= y and y > z
ge_ge:             x >= z if x >= y and y >= z
gt_of_sub:         x > y if x - y > 0 and real(y)
ge_of_sub:         x >= y if x - y >= 0 and real(y)
ne_of_sub:         x != y if x - y != 0
sub_of_gt:         x - y > 0 if x > y
sub_of_ge:         x - y >= 0 if x >= y
sub_of_lt:         0 > x - y if y > x
sub_of_le:         0 >= x - y if y >= x
sub_of_ne:         x - y != 0 if x != y
ge_refl:           x >= x if real(x)
neg_lt_zero:       0 > -x if x > 0
"""

SIGNS = """
add_gt_gt:         x + y > z + w if x > z and y > w
add_gt_ge:         x + y > z + w if x > z and y >= w
add_ge_gt:         x + y > z + w if x >= z and y > w
add_ge_ge:         x + y >= z + w if x >= z and y >= w
mul_pos_gt:        z * x > z * y if z > 0 and x > y
mul_pos_ge:        z * x >= z * y if z > 0 and x >= y
mul_neg_gt:        z * y > z * x if 0 > z and x > y
mul_neg_ge:        z * y >= z * x if 0 > z and x >= y
mul_pos_pos:       x * y > 0 if x > 0 and y > 0
mul_pos_neg:       0 > x * y if x > 0 and 0 > y
mul_neg_pos:       0 > x * y if 0 > x and y > 0
mul_neg_neg:       x * y > 0 if 0 > x and 0 > y
mul_nonneg_nonneg: x * y >= 0 if x >= 0 and y >= 0
mul_nonneg_nonpos: 0 >= x * y if x >= 0 and 0 >= y
mul_nonpos_nonneg: 0 >= x * y if 0 >= x and y >= 0
mul_nonpos_nonpos: x * y >= 0 if 0 >= x and 0 >= y
mul_lower:         x * y >= z * w if x >= z and y >= w and z >= 0 and w >= 0
mul_upper:         z * w >= x * y if z >= x and w >= y and x >= 0 and y >= 0
mul_self:          x * x >= 0 if real(x)
mul_ne_zero:       x * y != 0 if x != 0 and y != 0
even_nonneg:       x^(2 * n) >= 0 if whole(n) and real(x)
even_pos:          x^(2 * n) > 0 if whole(n) and real(x) and x != 0
odd_neg:           0 > x^(2 * n + 1) if whole(n) and 0 > x
odd_nonpos:        0 >= x^(2 * n + 1) if whole(n) and 0 >= x
pow_pos:           x^y > 0 if x > 0 and real(y)
pow_nonneg:        x^y >= 0 if x >= 0 and real(y)
pow_lower_gt:      x^z > y^z if x > y and y >= 0 and z > 0
pow_lower_ge:      x^z >= y^z if x >= y and y >= 0 and z > 0
pow_upper_gt:      y^z > x^z if x > y and y > 0 and 0 > z
pow_upper_ge:      y^z >= x^z if x >= y and y > 0 and 0 > z
pow_gt_one:        x^y > 1 if x > 1 and y > 0
pow_ge_one:        x^y >= 1 if x >= 1 and y >= 0
square_above_gt:   x^2 > y^2 if -y > x and y >= 0
square_above_ge:   x^2 >= y^2 if -y >= x and y >= 0
square_below_gt:   y^2 > x^2 if y > x and x > -y
square_below_ge:   y^2 >= x^2 if y >= x and x >= -y
abs_nonneg:        abs(x) >= 0
abs_pos:           abs(x) > 0 if x != 0
exp_pos:           exp(x) > 0 if real(x)
exp_ne_zero:       exp(x) != 0
exp_gt_one:        exp(x) > 1 if x > 0
exp_ge_one:        exp(x) >= 1 if x >= 0
exp_lt_one:        1 > exp(x) if 0 > x
exp_le_one:        1 >= exp(x) if 0 >= x
ln_pos:            ln(x) > 0 if x > 1
ln_nonneg:         ln(x) >= 0 if x >= 1
ln_neg:            0 > ln(x) if x > 0 and 1 > x
ln_nonpos:         0 >= ln(x) if x > 0 and 1 >= x
sin_le_one:        1 >= sin(x) if real(x)
sin_ge_minus_one:  sin(x) >= -1 if real(x)
cos_le_one:        1 >= cos(x) if real(x)
cos_ge_minus_one:  cos(x) >= -1 if real(x)
cosh_ge_one:       cosh(x) >= 1 if real(x)
sinh_pos:          sinh(x) > 0 if x > 0
sinh_nonneg:       sinh(x) >= 0 if x >= 0
sinh_neg_of_neg:   0 > sinh(x) if 0 > x
sinh_nonpos:       0 >= sinh(x) if 0 >= x
tanh_lt_one:       1 > tanh(x) if real(x)
tanh_gt_minus_one: tanh(x) > -1 if real(x)
tanh_pos:          tanh(x) > 0 if x > 0
tanh_nonneg:       tanh(x) >= 0 if x >= 0
tanh_neg_of_neg:   0 > tanh(x) if 0 > x
tanh_nonpos:       0 >= tanh(x) if 0 >= x
atan_lt:           2 > atan(x) if real(x)
atan_gt:           atan(x) > -2 if real(x)
atan_pos:          atan(x) > 0 if x > 0
atan_nonneg:       atan(x) >= 0 if x >= 0
atan_neg_of_neg:   0 > atan(x) if 0 > x
atan_nonpos:       0 >= atan(x) if 0 >= x
asin_lt:           2 > asin(x) if x >= -1 and 1 >= x
asin_gt:           asin(x) > -2 if x >= -1 and 1 >= x
acos_lt:           4 > acos(x) if x >= -1 and 1 >= x
acos_nonneg:       acos(x) >= 0 if x >= -1 and 1 >= x
pi_gt:             pi > 314159/100000
pi_lt:             314160/100000 > pi
e_gt:              e > 271828/100000
e_lt:              271829/100000 > e
"""

WHOLE = """
whole_zero:        whole(0)
whole_one:         whole(1)
whole_add:         whole(x + y) if whole(x) and whole(y)
whole_neg:         whole(-x) if whole(x)
whole_mul:         whole(x * y) if whole(x) and whole(y)
whole_pow:         whole(x^n) if whole(x) and whole(n) and n >= 0
whole_abs:         whole(abs(x)) if whole(x)
whole_gt:          x >= y + 1 if whole(x) and whole(y) and x > y
whole_lt:          y - 1 >= x if whole(x) and whole(y) and y > x
"""

NONZERO_REAL = """
pow_ne_zero:       x^n != 0 if x != 0 and whole(n)
"""

NONZERO_COMPLEX = """
pow_ne_zero:       x^y != 0 if x != 0
i_ne_zero:         i != 0
"""

REAL_AMONG_COMPLEX = """
real_whole:        real(x) if whole(x)
real_of_gt:        real(x) if x > y
real_of_lt:        real(x) if y > x
real_of_ge:        real(x) if x >= y
real_of_le:        real(x) if y >= x
real_add:          real(x + y) if real(x) and real(y)
real_mul:          real(x * y) if real(x) and real(y)
real_pow_whole:    real(x^n) if real(x) and whole(n)
real_pow:          real(x^y) if x >= 0 and real(y)
real_abs:          real(abs(x))
real_sin:          real(sin(x)) if real(x)
real_cos:          real(cos(x)) if real(x)
real_tan:          real(tan(x)) if real(x)
real_sinh:         real(sinh(x)) if real(x)
real_cosh:         real(cosh(x)) if real(x)
real_tanh:         real(tanh(x)) if real(x)
real_exp:          real(exp(x)) if real(x)
real_atan:         real(atan(x)) if real(x)
real_ln:           real(ln(x)) if x > 0
real_asin:         real(asin(x)) if x >= -1 and 1 >= x
real_acos:         real(acos(x)) if x >= -1 and 1 >= x
"""

SHARED = RING, POWERS, ABSOLUTE, EXPONENTIAL, TRIGONOMETRY, HYPERBOLIC, INVERSE, ORDER, SIGNS, WHOLE
REAL = POWERS_REAL, EXPONENTIAL_REAL, HYPERBOLIC_REAL, INVERSE_REAL, NONZERO_REAL
COMPLEX = (
    POWERS_COMPLEX,
    EXPONENTIAL_COMPLEX,
    HYPERBOLIC_COMPLEX,
    INVERSE_COMPLEX,
    NONZERO_COMPLEX,
    REAL_AMONG_COMPLEX,
)
