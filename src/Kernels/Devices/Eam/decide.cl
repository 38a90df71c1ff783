// Nonlinear conjugate gradient (Polak-Ribiere+) with a line search on slopes, one group a structure: takes the energy and the slope of the
// point that was evaluated and says where the structure goes next. The rules are those of ConjugateGradientSearch.cs and LineSearch.cs,
// number by number; only F.d of a new direction is F.F + beta F.d_before instead of a sum of its own.
#define ENERGY_NOISE 1e-13
#define LONGEST_STRETCH 4.0
#define SHORTEST_SHRINK 0.1
#define TRIALS_PER_SEARCH 12

bool converged(__global const Structure* a, double squares, double largest)
{
    return a->largest_allowed >= 0 ? largest <= a->largest_allowed : squares <= a->tolerance2;
}

// Ends where the line began.
void give_up(__global Structure* a, int status)
{
    a->status = status;
    a->command = RESTORE;
}

// Begins a line along d = F + beta d_before with the slope F.d, unless the evaluations have run out.
void begin_line(__global Structure* a, double beta, double slope, int stepped, int steepest)
{
    a->beta = beta;
    a->slope = slope;
    a->stepped = stepped;
    a->steepest = steepest;
    a->guess = a->last_slope > 0 ? a->last_step * clamp(a->last_slope / slope, SHORTEST_SHRINK, LONGEST_STRETCH) : a->last_step;
    a->lower = 0;
    a->lower_slope = slope;
    a->upper = INFINITY;
    a->line_trials = 0;
    a->command = TURN;
    if (a->evaluations >= a->max_evaluations)
    {
        a->status = EVALUATION_LIMIT;
        a->command = stepped ? STAY : RESTORE;
    }
}

// Pauses, once, where the forces are small enough for the host to judge the structure: at the point where the line begins, which `starts`
// has after the turn. The turn and the first step are made, so that going on is to evaluate the next point.
void pause_here(__global Structure* a)
{
    if (a->status == RUNNING && a->pause2 >= 0 && a->forces2 <= a->pause2)
    {
        a->status = PAUSED;
        a->pause2 = -1;
    }
}

// No point along the line was low enough.
void no_step(__global Structure* a)
{
    if (a->steepest && a->last_slope == 0 && a->last_step == a->initial_step)
    {
        give_up(a, NO_DESCENT);
        return;
    }

    a->last_step = a->initial_step;
    a->last_slope = 0;
    begin_line(a, 0, a->forces2, 0, 1);
}

// Another step along the same line.
void step_again(__global Structure* a, bool descended, double here)
{
    if (++a->line_trials >= TRIALS_PER_SEARCH)
    {
        no_step(a);
        return;
    }

    const double step = a->step;
    if (descended && here > 0)
    {
        const double secant = a->lower_slope > here ? step + ((step - a->lower) * here / (a->lower_slope - here)) : INFINITY;
        a->lower = step;
        a->lower_slope = here;
        const double limit = isinf(a->upper) ? fmin(LONGEST_STRETCH * step, a->longest) : 0.5 * (step + a->upper);
        a->step = fmin(secant, limit);
    }
    else
    {
        a->upper = step;
        const double secant = here < 0 ? a->lower + ((step - a->lower) * a->lower_slope / (a->lower_slope - here)) : 0.5 * (a->lower + step);
        const double width = step - a->lower;
        a->step = fmin(fmax(secant, fma(SHORTEST_SHRINK, width, a->lower)), fma(-SHORTEST_SHRINK, width, step));
    }

    a->command = STEP;
    if (a->evaluations >= a->max_evaluations)
    {
        give_up(a, EVALUATION_LIMIT);
    }
}

void decide_one(__global Structure* a, double energy, double here, double squares, double product, double largest)
{
    a->rebuild = 0;
    a->evaluations++;
    const bool finite = isfinite(energy) && isfinite(squares) && (!a->begun || isfinite(here));
    if (!a->begun)
    {
        a->begun = 1;
        a->initial_energy = energy;
        a->energy = energy;
        a->forces2 = squares;
        a->largest = largest;
        a->last_step = a->initial_step;
        a->last_slope = 0;
        if (!finite)
        {
            a->status = NON_FINITE;
            a->command = STAY;
        }
        else if (converged(a, squares, largest))
        {
            a->status = CONVERGED;
            a->command = STAY;
        }
        else
        {
            begin_line(a, 0, squares, 1, 1);
            pause_here(a);
        }

        return;
    }

    if (!finite)
    {
        give_up(a, NON_FINITE);
        return;
    }

    const bool descended = energy <= fma(ENERGY_NOISE, fabs(a->energy), a->energy);
    if (!(descended && (fabs(here) <= a->curvature * a->slope || (here > 0 && a->step >= a->longest))))
    {
        step_again(a, descended, here);
        return;
    }

    a->energy = energy;
    a->largest = largest;
    a->last_step = a->step;
    a->last_slope = a->slope;
    a->iterations++;
    const double beta = fmax(0.0, (squares - product) / a->forces2);
    a->forces2 = squares;
    if (converged(a, squares, largest))
    {
        a->status = CONVERGED;
        a->command = STAY;
        return;
    }

    const double slope = fma(beta, here, squares);
    if (slope > 0)
    {
        begin_line(a, beta, slope, 1, beta == 0);
    }
    else
    {
        begin_line(a, 0, squares, 1, 1);
    }

    pause_here(a);
}

__kernel void decide(__global Structure* structures, __global const double* shares, int first, int padded)
{
    const int s = first + get_group_id(1);
    if (structures[s].status == PAUSED && get_local_id(0) == 0)
    {
        structures[s].command = STAY;
    }

    if (structures[s].status != RUNNING)
    {
        return;
    }

    __local double rooms[GROUP];
    const int item = get_local_id(0), blocks = padded / GROUP;
    shares += (size_t)s * blocks * SHARES;
    double energy = 0, along = 0, squares = 0, product = 0, largest = 0;
    for (int b = item; b < blocks; b += GROUP)
    {
        energy += shares[b * SHARES];
        along += shares[b * SHARES + 1];
        squares += shares[b * SHARES + 2];
        product += shares[b * SHARES + 3];
        largest = fmax(largest, shares[b * SHARES + 4]);
    }

    energy = group_sum(energy, rooms);
    along = group_sum(along, rooms);
    squares = group_sum(squares, rooms);
    product = group_sum(product, rooms);
    largest = group_max(largest, rooms);
    if (item == 0)
    {
        decide_one(structures + s, energy, along, squares, product, largest);
    }
}
