/* Counts of times in microseconds, each kept to better than one part in a hundred. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>
#include <string.h>

#define FINE 7 /* Values below 2^FINE are kept exactly, others to FINE binary digits. */
#define BUCKETS ((64 - FINE + 1) << FINE)

struct histogram {
    uint64_t bucket[BUCKETS];
    uint64_t count, sum, max;
};

static inline void histogram_clear(struct histogram *h) { memset(h, 0, sizeof *h); }

/* The bucket of a value: the number of digits that are cut off, then the digits that are left. */
static inline unsigned histogram_place(uint64_t us) {
    int digits = 64 - __builtin_clzll(us | 1);
    unsigned cut = digits > FINE + 1 ? (unsigned)(digits - FINE - 1) : 0;
    return (cut << FINE) + (unsigned)(us >> cut);
}

/* The largest value that falls into a bucket. */
static inline uint64_t histogram_top(unsigned place) {
    if (place < 2u << FINE) return place;
    unsigned cut = (place >> FINE) - 1;
    return ((uint64_t)(place - (cut << FINE)) + 1) * (1ull << cut) - 1;
}

static inline void histogram_add(struct histogram *h, uint64_t us) {
    h->bucket[histogram_place(us)]++;
    h->count++;
    h->sum += us;
    if (us > h->max) h->max = us;
}

/* The value that `share` (0 to 1) of all values do not exceed; 0 if there are none. */
static inline uint64_t histogram_at(const struct histogram *h, double share) {
    uint64_t wanted = (uint64_t)(share * (double)h->count), seen = 0;
    if (wanted >= h->count) return h->max;
    for (unsigned place = 0; place < BUCKETS; place++) {
        seen += h->bucket[place];
        if (seen > wanted) return histogram_top(place) < h->max ? histogram_top(place) : h->max;
    }
    return h->max;
}

#endif
