/* A crowd of websocket clients in one thread: opens them, listens, and measures.
 *
 *   gcc -O2 -o load load.c crowd.c websocket.c
 *   load -p 8000 -P '/m/dialog/live?role=resident' -n 10000 'open' 'idle 2' 'storm 0' 'storm 1'
 *
 * Only ever connects to 127.0.0.1. Options:
 *
 *   -p PORT[,PORT…]   the server's port; with several, lines take turns            (8000)
 *   -P PATH           what to ask for                                              (/)
 *   -n N              lines, at most 19,900 in a process that may open 20,000 files (1000)
 *   -A HEADER         one more line of the request, as 'Cookie: …'; may be repeated
 *   -c K              openings under way at once                                   (256)
 *   -a K              source addresses, 127.0.0.2 and up                           (16)
 *   -F                no first frame is waited for: open is what is accepted
 *   -k K              as many lines, spread evenly, are those that `pause` stops, … (0)
 *   -b BYTES          … and have receive buffers of this size; 0: as they come     (0)
 *   -T S              an opening that takes longer has failed                      (30)
 *   -B US             sleep between looks when nothing has come; 0: be woken       (200; 0 for up to 16 lines)
 *   -L S              ends the program with status 3 when all takes longer         (600)
 *
 * Then steps, done in turn; without any, steps are read from standard input, one a line:
 *
 *   open [K]          opens lines until K (all) are open: accepted, and the first frame has come
 *   idle S            reads for S seconds
 *   listen S [T0 RATE FIRST COUNT]
 *                     reads until COUNT events have come on every line, for S seconds at most. An event is a `seq=…` in
 *                     a text frame, however many there are in one; its latency is the time since it was to be
 *                     published: T0 + (seq - FIRST) / RATE, with T0 in microseconds of CLOCK_MONOTONIC. Without a
 *                     schedule it is the time since `ts=…` (same clock) in the text.
 *   send S FILE T0 RATE FIRST
 *                     as listen, and sends the lines of FILE at that pace as text frames, on the open lines in turn.
 *                     T0 0 is now. Answers ({"type":"ack"… or "refused"…) are timed by their "ref", a number
 *                     that counts from FIRST. Ends when all has been answered (and heard, if events come to this
 *                     line), after S seconds at most.
 *   publish S FILE T0 RATE FIRST
 *                     as send, but nothing comes back: ends when all has been sent
 *   storm J           drops all lines at once; all come back, each after a wait of its own between 0 and J seconds,
 *                     from the end of which its opening is timed
 *   pause             the -k lines stop reading
 *   resume S          they read again, for S seconds at most or until all have had what the last schedule holds
 *   quit              as the end of the input
 *
 * Each step prints one line of JSON. Times are in milliseconds; `cpu` is the share of a core this program took, and
 * from 0.9 on it is the limit that was measured. `trouble` is the first thing that went wrong. Exit status: 0, or 1 for
 * a wrong call, 3 for too long a run.
 */
#define _GNU_SOURCE
#include "crowd.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int at_once = 256;

struct meter {
    uint64_t began;
    double cpu;
};

static double cpu_seconds(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static struct meter begin(void) {
    crowd_clear();
    return (struct meter){now_us(), cpu_seconds()};
}

static void print_times(const char *name, const struct histogram *h) {
    printf(",\"%s\":{\"count\":%llu,\"mean\":%.3f,\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name,
           (unsigned long long)h->count, h->count ? (double)h->sum / (double)h->count / 1e3 : 0,
           (double)histogram_at(h, .5) / 1e3, (double)histogram_at(h, .95) / 1e3, (double)histogram_at(h, .99) / 1e3,
           (double)h->max / 1e3);
}

static void print_count(const char *name, uint64_t value) { printf(",\"%s\":%llu", name, (unsigned long long)value); }

/* What every step ends with. */
static void end(const char *step, struct meter meter) {
    double seconds = (double)(now_us() - meter.began) / 1e6;
    printf("{\"step\":\"%s\",\"seconds\":%.3f,\"cpu\":%.3f,\"ready\":%d,\"trouble\":\"%s\"", step, seconds,
           (cpu_seconds() - meter.cpu) / seconds, crowd.ready, crowd.trouble);
    print_count("failed", crowd.failed);
    print_count("lost", crowd.lost);
    print_count("frames", crowd.frames);
    print_count("bytes", crowd.bytes);
    print_count("pings", crowd.pings);
}

static void end_line(void) {
    printf("}\n");
    fflush(stdout);
}

/* Opens the lines that are away, up to `wanted` in all; `due` has their times, or is NULL for now. */
static void open_lines(const char *step, int wanted, int most_at_once, const uint64_t *due) {
    struct meter meter = begin();
    uint64_t looked = meter.began, last = meter.began;
    int next = 0, ready = crowd.ready, before = crowd.ready;
    while (next < wanted || crowd.opening) {
        for (int burst = 0; next < wanted && crowd.opening < most_at_once && burst < 64; next++) {
            if (crowd.line[next].state != AWAY) continue;
            if (due && due[next] > now_us()) break;
            line_open(&crowd.line[next], due ? due[next] : now_us());
            burst++;
        }
        crowd_turn(next < wanted ? 100 : 1000);
        if (crowd.ready != ready) {
            ready = crowd.ready;
            last = now_us();
        }
        if (last > looked + 500000 || now_us() > looked + 500000) {
            crowd_give_up_late();
            looked = now_us();
        }
    }
    double took = (double)(last - meter.began) / 1e6;
    end(step, meter);
    printf(",\"opened\":%d,\"took\":%.3f,\"per_second\":%.0f", crowd.ready - before, took,
           took > 0 ? (crowd.ready - before) / took : 0);
    print_times("opening", &crowd.openings);
    end_line();
}

static int earlier(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void storm(double spread) {
    uint64_t *due = calloc((size_t)crowd.lines, sizeof *due), now;
    for (int i = 0; i < crowd.lines; i++) line_drop(&crowd.line[i]);
    now = now_us();
    for (int i = 0; i < crowd.lines; i++) due[i] = now + (uint64_t)(drand48() * spread * 1e6);
    qsort(due, (size_t)crowd.lines, sizeof *due, earlier);
    open_lines("storm", crowd.lines, crowd.lines, due);
    free(due);
}

static void idle(double seconds) {
    struct meter meter = begin();
    while (now_us() < meter.began + (uint64_t)(seconds * 1e6)) crowd_turn(100000);
    end("idle", meter);
    end_line();
}

static void end_listening(const char *step, struct meter meter) {
    const struct schedule *s = &crowd.schedule;
    double from = (double)(s->count ? s->start : meter.began), to = (double)crowd.last_event;
    double seconds = to > from ? (to - from) / 1e6 : 0;
    end(step, meter);
    print_count("start", s->start);
    print_count("events", crowd.events);
    print_count("expected", s->count * (uint64_t)(crowd.ready - crowd.paused));
    print_count("strays", crowd.strays);
    print_count("whole", crowd.whole);
    printf(",\"events_per_second\":%.0f", seconds > 0 ? (double)crowd.events / seconds : 0);
    print_times("latency", &crowd.latency);
}

static void listen_for(double seconds, struct schedule schedule) {
    struct meter meter = begin();
    crowd_expect(schedule);
    uint64_t until = meter.began + (uint64_t)(seconds * 1e6), now;
    while ((now = now_us()) < until && !(schedule.count && crowd.whole >= (uint64_t)(crowd.ready - crowd.paused)))
        crowd_turn(until - now);
    end_listening("listen", meter);
    end_line();
}

/* The lines of a file, in one piece of memory that lives as long as the program. */
static char **texts_of(const char *path, uint64_t *count) {
    FILE *file = fopen(path, "r");
    char **texts = NULL, *text = NULL;
    size_t room = 0, texts_room = 0;
    ssize_t length;
    *count = 0;
    while (file && (length = getline(&text, &room, file)) > 0) {
        if (text[length - 1] == '\n') text[length - 1] = 0;
        if (*count == texts_room) texts = realloc(texts, (texts_room = texts_room * 2 + 64) * sizeof *texts);
        texts[(*count)++] = strdup(text);
    }
    if (file) fclose(file);
    free(text);
    return texts;
}

static struct line *next_ready(uint64_t *turn) {
    for (int i = 0; i < crowd.lines; i++) {
        struct line *line = &crowd.line[(*turn)++ % (uint64_t)crowd.lines];
        if (line->state == READY && !line->paused) return line;
    }
    return NULL;
}

/* Whether nothing more is to come on the lines that `count` texts were sent on. */
static int is_answered(uint64_t count) {
    int heard = crowd.whole >= (uint64_t)crowd.ready;
    return crowd.acked + crowd.refused >= count && (heard || !crowd.events);
}

static void send_texts(double seconds, const char *path, uint64_t start, double rate, uint64_t first, int wait) {
    struct schedule schedule = {start ? start : now_us(), rate, first, 0};
    char **texts = texts_of(path, &schedule.count);
    struct meter meter = begin();
    crowd_expect(schedule);
    uint64_t until = meter.began + (uint64_t)(seconds * 1e6), sent = 0, stuck = 0, turn = 0, now;
    while ((now = now_us()) < until && crowd.ready) {
        uint64_t due = sent < schedule.count ? intended(first + sent) : until;
        if (now >= due) {
            struct line *line = next_ready(&turn);
            if (!line || !line_send(line, texts[sent], strlen(texts[sent]))) stuck++;
            sent++;
            if (sent % 32) continue;
            due = now;
        }
        if (sent == schedule.count && (!wait || is_answered(sent - stuck))) break;
        crowd_turn(due > now ? due - now : 0);
    }
    end_listening(wait ? "send" : "publish", meter);
    print_count("sent", sent - stuck);
    print_count("stuck", stuck);
    print_count("acked", crowd.acked);
    print_count("refused", crowd.refused);
    print_times("answers", &crowd.answers);
    end_line();
    for (uint64_t i = 0; i < schedule.count; i++) free(texts[i]);
    free(texts);
}

static void pause_lines(int paused, double seconds) {
    struct meter meter = begin();
    int stopped = crowd.paused;
    for (int i = 0; i < crowd.lines; i++)
        if (line_may_stop(i)) line_pause(&crowd.line[i], paused);
    uint64_t until = meter.began + (uint64_t)(seconds * 1e6), now;
    while (!paused && (now = now_us()) < until && crowd.whole < (uint64_t)stopped) crowd_turn(until - now);
    end_listening(paused ? "pause" : "resume", meter);
    print_count("paused", (uint64_t)crowd.paused);
    end_line();
}

/* Does one step; 0 at the end. */
static int do_step(char *step) {
    char name[16] = "", file[1024] = "";
    double a = 0, rate = 0;
    unsigned long long start = 0, first = 0, count = 0;
    int given = sscanf(step, "%15s %lf", name, &a);
    if (given < 1) return 1;
    if (!strcmp(name, "open")) {
        open_lines("open", given > 1 && a < crowd.lines ? (int)a : crowd.lines, at_once, NULL);
    } else if (!strcmp(name, "idle")) {
        idle(a);
    } else if (!strcmp(name, "storm")) {
        storm(a);
    } else if (!strcmp(name, "listen")) {
        sscanf(step, "%*s %*s %llu %lf %llu %llu", &start, &rate, &first, &count);
        listen_for(a, (struct schedule){start, rate, first, count});
    } else if ((!strcmp(name, "send") || !strcmp(name, "publish")) &&
               sscanf(step, "%*s %*s %1023s %llu %lf %llu", file, &start, &rate, &first) == 4 && rate > 0) {
        send_texts(a, file, start, rate, first, !strcmp(name, "send"));
    } else if (!strcmp(name, "pause")) {
        pause_lines(1, 0);
    } else if (!strcmp(name, "resume")) {
        pause_lines(0, a);
    } else if (!strcmp(name, "quit")) {
        return 0;
    } else {
        fprintf(stderr, "load: what is '%s'?\n", step);
        exit(1);
    }
    return 1;
}

/* Does the next step from standard input, and hears what comes meanwhile; 0 at the end. */
static int do_next_step(void) {
    char step[2048];
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (!poll(&input, 1, 0)) crowd_turn(500);
    return fgets(step, sizeof step, stdin) && do_step(step);
}

static void allow_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= (rlim_t)crowd.lines + 50) return;
    fprintf(stderr, "load: this process may open %lu files only\n", (unsigned long)limit.rlim_cur);
    exit(1);
}

static void add_header(char *headers, size_t room, const char *header) {
    size_t length = strlen(headers);
    if (length + strlen(header) + 3 < room) sprintf(headers + length, "%s\r\n", header);
}

int main(int argc, char **argv) {
    static char headers[2048];
    double limit = 600;
    int option, nap = -1;
    crowd = (struct crowd){.ports = {8000}, .port_count = 1, .lines = 1000, .addresses = 16, .expects_frame = 1,
                           .path = "/", .headers = headers, .patience = 30};
    while ((option = getopt(argc, argv, "p:P:n:A:c:a:Fk:b:T:B:L:")) != -1) {
        switch (option) {
        case 'p':
            crowd.port_count = 0;
            for (char *port = strtok(optarg, ","); port && crowd.port_count < 16; port = strtok(NULL, ","))
                crowd.ports[crowd.port_count++] = atoi(port);
            break;
        case 'P': crowd.path = optarg; break;
        case 'n': crowd.lines = atoi(optarg); break;
        case 'A': add_header(headers, sizeof headers, optarg); break;
        case 'c': at_once = atoi(optarg); break;
        case 'a': crowd.addresses = atoi(optarg); break;
        case 'F': crowd.expects_frame = 0; break;
        case 'k': crowd.stopping = atoi(optarg); break;
        case 'b': crowd.receive_buffer = atoi(optarg); break;
        case 'T': crowd.patience = atof(optarg); break;
        case 'B': nap = atoi(optarg); break;
        case 'L': limit = atof(optarg); break;
        default: fprintf(stderr, "load: its options and steps stand at the top of load.c\n"); return 1;
        }
    }
    if (crowd.lines < 1 || at_once < 1 || crowd.addresses < 1 || crowd.addresses > 250 || crowd.stopping > crowd.lines) {
        fprintf(stderr, "load: -n, -c, -a or -k is wrong\n");
        return 1;
    }
    crowd.nap = (unsigned)(nap >= 0 ? nap : crowd.lines > 16 ? 200 : 0);
    crowd.deadline = now_us() + (uint64_t)(limit * 1e6);
    signal(SIGPIPE, SIG_IGN);
    srand48((long)now_us());
    allow_files();
    crowd_begin();
    for (int i = optind; i < argc; i++)
        if (!do_step(argv[i])) return 0;
    if (optind < argc) return 0;
    setvbuf(stdin, NULL, _IONBF, 0);
    while (do_next_step()) {}
    return 0;
}
