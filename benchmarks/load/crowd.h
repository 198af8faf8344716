/* Many websocket connections of one thread, and what has been counted on them. */
#ifndef CROWD_H
#define CROWD_H

#include "histogram.h"

#include <stddef.h>
#include <stdint.h>

enum state { AWAY, CONNECTING, ASKED, ACCEPTED, READY };

struct line {
    int fd;
    uint8_t state, paused, open_message;
    uint64_t due;      /* when it was to be opened: its opening is timed from here */
    uint64_t seen, sum; /* events of the schedule that have come: how many, and their numbers added up */
    char *held;        /* an answer or a frame that has come in part */
    size_t length, room;
};

/* Event number `first + i` was to be published at `start + i / rate`. */
struct schedule {
    uint64_t start; /* microseconds of CLOCK_MONOTONIC */
    double rate;
    uint64_t first, count;
};

struct crowd {
    /* how to connect */
    int ports[16], port_count, lines, addresses, stopping, receive_buffer, expects_frame;
    const char *path, *headers;
    double patience; /* seconds for one opening */
    unsigned nap;    /* microseconds to sleep when nothing has come; 0: wait to be woken */
    uint64_t deadline;
    /* who is there */
    struct line *line;
    int opening, ready, paused;
    struct schedule schedule;
    /* what has been counted since `crowd_clear`; `whole` lines have had all that is on the schedule, each once */
    uint64_t frames, events, bytes, strays, pings, acked, refused, failed, lost, whole, last_event;
    struct histogram latency, answers, openings;
    char trouble[200]; /* the first thing that went wrong */
};

extern struct crowd crowd;

uint64_t now_us(void);

/* When event `number` was to be published. */
uint64_t intended(uint64_t number);

void crowd_begin(void);

/* Counts from nothing again. */
void crowd_clear(void);

/* From now on these events are expected on every line. */
void crowd_expect(struct schedule schedule);

/* Begins to open a line that was due at `due`. */
void line_open(struct line *line, uint64_t due);

/* Breaks the line off, without a word. */
void line_drop(struct line *line);

/* Whether the line is one of the `stopping` ones, which are spread evenly. */
int line_may_stop(int index);

/* Stops or goes on reading. */
void line_pause(struct line *line, int paused);

/* Sends a text; 1 if the socket took it all. */
int line_send(struct line *line, const char *text, size_t length);

/* Hears what has come; waits at most `wait` microseconds if nothing has. Ends the program at the deadline. */
void crowd_turn(uint64_t wait);

/* Gives up lines that have been opening for too long. */
void crowd_give_up_late(void);

#endif
