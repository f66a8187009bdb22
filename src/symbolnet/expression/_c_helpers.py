"""The guarded primitives in C99; the same functions as `symbolnet.operators._numpy`, for one number."""

__all__ = ["C_HELPERS"]

from symbolnet.operators._primitives import FACTOR_BOUND, LOG_FLOOR

C_HELPERS: dict[str, str] = {
    "clip": """\
static inline double sn_clip(double u, double limit)
{
    return u > limit ? limit : u < -limit ? -limit : u;
}""",
    "product": f"""\
static inline double sn_product(double a, double b, double limit)
{{
    return sn_clip(sn_clip(a, {FACTOR_BOUND!r}) * sn_clip(b, {FACTOR_BOUND!r}), limit);
}}""",
    "power": """\
static inline double sn_power(double u, double exponent, double limit)
{
    if (limit < 0) return -sn_power(-u, exponent, -limit);
    double reach = log(limit) / exponent;
    double edge = fabs(reach) < 650.0 ? pow(limit, 1.0 / exponent) : exp(copysign(650.0, reach));
    if (exponent != floor(exponent)) u = fabs(u);
    if (exponent < 0) return pow(u < 0 ? fmin(u, -edge) : fmax(u, edge), exponent);
    double v = sn_clip(u, edge);
    return exponent == 2 ? v * v : exponent == 3 ? v * v * v : exponent == 0.5 ? sqrt(v) : pow(v, exponent);
}""",
    "exp": """\
static inline double sn_exp(double u, double limit)
{
    return exp(fmin(u, log(limit)));
}""",
    "sinh": """\
static inline double sn_sinh(double u, double limit)
{
    return sinh(sn_clip(u, asinh(limit)));
}""",
    "cosh": """\
static inline double sn_cosh(double u, double limit)
{
    return cosh(sn_clip(u, acosh(limit)));
}""",
    "tan": """\
static inline double sn_tan(double u, double limit)
{
    return sn_clip(tan(u), limit);
}""",
    "log": f"""\
static inline double sn_log(double u)
{{
    return log(fmax(fabs(u), {LOG_FLOOR!r}));
}}""",
    "abs": """\
static inline double sn_abs(double u, double limit)
{
    return fmin(fabs(u), limit);
}""",
    "max": """\
static inline double sn_max(double a, double b, double limit)
{
    return sn_clip(a > b ? a : b, limit);
}""",
    "min": """\
static inline double sn_min(double a, double b, double limit)
{
    return sn_clip(a < b ? a : b, limit);
}""",
    "cond": """\
static inline double sn_cond(double a, double b, double c, double limit)
{
    return sn_clip(a > 0 ? b : c, limit);
}""",
}
