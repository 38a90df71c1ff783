// What the kernels of the embedded-atom method share: the record of a structure, fixed sums over a work-group, tables.
//
// A structure is a column of the second direction of a launch, an atom a work-item of the first. Atoms stand in slots along a
// space-filling curve; slots from `atoms` to `padded` are empty. Every sum is over a list in its order, then over the GROUP items of a
// block in a tree, then over blocks in a tree of GROUP strands, so that no bit depends on what else the device computes.
// No product is added to anything but by fma, so that no compiler has anything to fuse by itself. Slots without an atom hold zeros.
// Defined before: GROUP (a power of two), ELEMENTS, SHARED (1 where f_{a->b} = f_{b->a} for all elements).

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

// How a relaxation stands.
#define IDLE 0
#define RUNNING 1
#define CONVERGED 2
#define EVALUATION_LIMIT 3
#define NO_DESCENT 4
#define NON_FINITE 5
#define NO_ROOM 6
#define OUT_OF_REACH 7
#define PAUSED 8

// What is to be done with the positions after a decision.
#define STAY 0
#define TURN 1
#define STEP 2
#define RESTORE 3

// Numbers of a block's share: sums of E, F.d, F.F, F.F_before; the largest |F|; six of the virial.
#define SHARES 12
#define SHARE_VIRIAL 5

// An entry of a list: the neighbor's slot below, the number of its image above; images from -4 to 4 along each vector.
#define SLOT_BITS 22
#define SLOT_MASK 0x3FFFFF
#define IMAGE_REACH 4
#define IMAGES_ACROSS 9

// One structure; the same in Structure.cs.
typedef struct
{
    double cell[9];          // H by rows: r = o + H s
    double inverse[9];       // of H, by rows
    double origin[3];        // o
    double reach2;           // square of the cutoff and the list's extra reach
    double slack2;           // square of half of the extra reach
    double tolerance2;       // converged when F.F is at most this
    double pause2;           // pauses once where F.F is at most this, if not negative
    double largest_allowed;  // or, if not negative, when no component of F exceeds this
    double initial_step;     // length of the first trial step in units of the force
    double max_move;         // the farthest any coordinate moves in a step
    double curvature;        // the slope that a step may leave, as a part of that at the start
    double initial_energy;
    double energy;           // of the point where the line began
    double forces2;          // F.F there
    double largest;          // the largest |component of F| there
    double slope;            // F.d there
    double guess;            // the first step of a line
    double step;             // the step that is tried
    double longest;          // the step that moves one coordinate by max_move
    double last_step;
    double last_slope;
    double lower;
    double lower_slope;
    double upper;
    double beta;             // d = F + beta d_before
    int status;
    int command;
    int begun;               // 0 until the first point is evaluated
    int stepped;             // whether a turn takes the present point for the start of the line
    int steepest;            // whether d = F
    int line_trials;
    int iterations;
    int evaluations;
    int max_evaluations;
    int rebuild;             // whether the list is to be built before the next evaluation
    int builds;
    int needed;              // the longest row of the list
    int bins[3];
    int spans[3];            // how many bins along each direction lie within reach
} Structure;

// The sum over the items of a group in a tree; every item gets it. `room` has GROUP numbers.
double group_sum(double x, __local double* room)
{
    const int item = get_local_id(0);
    room[item] = x;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int width = GROUP / 2; width > 0; width /= 2)
    {
        if (item < width)
        {
            room[item] = room[item] + room[item + width];
        }

        barrier(CLK_LOCAL_MEM_FENCE);
    }

    const double sum = room[0];
    barrier(CLK_LOCAL_MEM_FENCE);
    return sum;
}

// The largest over the items of a group; a NaN wins.
double group_max(double x, __local double* room)
{
    const int item = get_local_id(0);
    room[item] = x;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int width = GROUP / 2; width > 0; width /= 2)
    {
        if (item < width)
        {
            const double other = room[item + width];
            room[item] = room[item] >= other ? room[item] : (other == other ? (room[item] == room[item] ? other : room[item]) : other);
        }

        barrier(CLK_LOCAL_MEM_FENCE);
    }

    const double largest = room[0];
    barrier(CLK_LOCAL_MEM_FENCE);
    return largest;
}

// The cubic of an interval from values and slopes (in units of the spacing) at its ends; p from 0 to 1. Value.
double cubic(double v0, double s0, double v1, double s1, double p)
{
    const double rise = v1 - v0;
    const double a = (s0 + s1) - 2 * rise;
    const double b = fma(3.0, rise, -2 * s0) - s1;
    return fma(fma(fma(a, p, b), p, s0), p, v0);
}

// Its derivative by p.
double cubic_slope(double v0, double s0, double v1, double s1, double p)
{
    const double rise = v1 - v0;
    const double a = (s0 + s1) - 2 * rise;
    const double b = fma(3.0, rise, -2 * s0) - s1;
    return fma(fma(3 * a, p, 2 * b), p, s0);
}
