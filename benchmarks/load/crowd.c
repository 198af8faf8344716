#define _GNU_SOURCE
#include "crowd.h"
#include "websocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct crowd crowd;
static int epoll;
static char shared[1 << 18];

static void trouble(const char *format, ...) {
    if (crowd.trouble[0]) return;
    va_list values;
    va_start(values, format);
    vsnprintf(crowd.trouble, sizeof crowd.trouble, format, values);
    va_end(values);
    for (char *c = crowd.trouble; *c; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ') *c = ' ';
}

uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t intended(uint64_t number) {
    const struct schedule *s = &crowd.schedule;
    return s->start + (uint64_t)((double)(number - s->first) * 1e6 / s->rate);
}

void crowd_begin(void) {
    epoll = epoll_create1(EPOLL_CLOEXEC);
    crowd.line = calloc((size_t)crowd.lines, sizeof *crowd.line);
    if (epoll < 0 || !crowd.line) {
        perror("load");
        exit(1);
    }
    for (int i = 0; i < crowd.lines; i++) crowd.line[i].fd = -1;
}

void crowd_clear(void) {
    crowd.frames = crowd.events = crowd.bytes = crowd.strays = crowd.pings = 0;
    crowd.acked = crowd.refused = crowd.failed = crowd.lost = crowd.whole = crowd.last_event = 0;
    crowd.trouble[0] = 0;
    histogram_clear(&crowd.latency);
    histogram_clear(&crowd.answers);
    histogram_clear(&crowd.openings);
}

void crowd_expect(struct schedule schedule) {
    crowd.schedule = schedule;
    for (int i = 0; i < crowd.lines; i++) crowd.line[i].seen = crowd.line[i].sum = 0;
}

/* --- opening and ending --- */

static void watch(struct line *line, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.u32 = (uint32_t)(line - crowd.line)};
    epoll_ctl(epoll, operation, line->fd, &event);
}

void line_drop(struct line *line) {
    if (line->state == AWAY) return;
    if (line->state == READY) {
        crowd.ready--;
    } else {
        crowd.opening--;
    }
    crowd.paused -= line->paused;
    close(line->fd);
    free(line->held);
    memset(line, 0, sizeof *line);
    line->fd = -1;
}

/* The line broke, and not by our doing. */
static void line_lost(struct line *line) {
    if (line->state == READY) {
        crowd.lost++;
    } else {
        crowd.failed++;
    }
    line_drop(line);
}

void line_open(struct line *line, uint64_t due) {
    int index = (int)(line - crowd.line), yes = 1;
    line->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    line->due = due;
    line->state = CONNECTING;
    crowd.opening++;
    if (line->fd < 0) {
        trouble("socket: %s", strerror(errno));
        line_lost(line);
        return;
    }
    setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (crowd.receive_buffer && line_may_stop(index))
        setsockopt(line->fd, SOL_SOCKET, SO_RCVBUF, &crowd.receive_buffer, sizeof crowd.receive_buffer);
    /* Several source addresses: one has only some 28,000 ports, and the service limits each sender. */
    setsockopt(line->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(index % crowd.addresses));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)crowd.ports[index % crowd.port_count]);
    int bound = bind(line->fd, (struct sockaddr *)&from, sizeof from);
    if (bound || (connect(line->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)) {
        trouble("connect: %s", strerror(errno));
        line_lost(line);
        return;
    }
    watch(line, EPOLL_CTL_ADD, EPOLLOUT);
}

static void connected(struct line *line) {
    char request[4096];
    int error = 0, index = (int)(line - crowd.line);
    socklen_t size = sizeof error;
    getsockopt(line->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    size_t length =
        websocket_request(request, sizeof request, crowd.path, crowd.ports[index % crowd.port_count], crowd.headers);
    if (error || send(line->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length) {
        trouble("connect: %s", strerror(error ? error : errno));
        line_lost(line);
        return;
    }
    line->state = ASKED;
    watch(line, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP);
}

static void is_ready(struct line *line) {
    line->state = READY;
    crowd.opening--;
    crowd.ready++;
    histogram_add(&crowd.openings, now_us() - line->due);
}

int line_may_stop(int index) {
    long long stopping = crowd.stopping, lines = crowd.lines;
    return index * stopping / lines != (index + 1) * stopping / lines;
}

void line_pause(struct line *line, int paused) {
    if (line->state != READY || line->paused == paused) return;
    line->paused = (uint8_t)paused;
    crowd.paused += paused ? 1 : -1;
    watch(line, EPOLL_CTL_MOD, paused ? 0 : EPOLLIN | EPOLLRDHUP);
}

void crowd_give_up_late(void) {
    uint64_t now = now_us();
    for (int i = 0; i < crowd.lines; i++) {
        struct line *line = &crowd.line[i];
        if (line->state == AWAY || line->state == READY || now < line->due + (uint64_t)(crowd.patience * 1e6)) continue;
        trouble("not open after %.0f s", crowd.patience);
        line_lost(line);
    }
}

/* --- reading --- */

static uint64_t number(const char *from, const char *end) {
    uint64_t value = 0;
    for (; from < end && *from >= '0' && *from <= '9'; from++) value = value * 10 + (uint64_t)(*from - '0');
    return value;
}

static void event(struct line *line, uint64_t sequence, uint64_t now) {
    const struct schedule *s = &crowd.schedule;
    if (sequence < s->first || sequence - s->first >= s->count) {
        crowd.strays++;
        return;
    }
    uint64_t due = intended(sequence);
    histogram_add(&crowd.latency, now > due ? now - due : 0);
    crowd.events++;
    crowd.last_event = now;
    line->seen++;
    line->sum += sequence - s->first;
    /* All numbers, each once: the count and the sum are right. */
    crowd.whole += line->seen == s->count && line->sum == s->count * (s->count - 1) / 2;
}

static void timestamp(uint64_t sent, uint64_t now) {
    if (!sent || sent > now) return;
    histogram_add(&crowd.latency, now - sent);
    crowd.events++;
    crowd.last_event = now;
}

/* Finds every seq=… and, if there is no schedule, every ts=… in a text. */
static void find_marks(struct line *line, const char *text, size_t length, uint64_t now) {
    const char *end = text + length, *from = text, *equals;
    while ((equals = memchr(from, '=', (size_t)(end - from)))) {
        from = equals + 1;
        if (crowd.schedule.count) {
            if (equals - text >= 3 && !memcmp(equals - 3, "seq", 3)) event(line, number(from, end), now);
        } else if (equals - text >= 2 && !memcmp(equals - 2, "ts", 2)) {
            timestamp(number(from, end), now);
        }
    }
}

static int begins(const char *text, size_t length, const char *with) {
    return length >= strlen(with) && !memcmp(text, with, strlen(with));
}

/* Takes the text if it is about frames of ours, and no event: 1 if it was. */
static int answer(const char *text, size_t length, uint64_t now) {
    static const char ref[] = "\"ref\":\"";
    int yes = begins(text, length, "{\"type\":\"ack\"");
    if (!yes && !begins(text, length, "{\"type\":\"refused\"")) return begins(text, length, "{\"type\":\"own\"");
    if (yes) crowd.acked++;
    else crowd.refused++;
    if (!yes) trouble("refused: %.*s", (int)(length < 120 ? length : 120), text);
    const char *mark = memmem(text, length, ref, sizeof ref - 1);
    const struct schedule *s = &crowd.schedule;
    uint64_t which = mark ? number(mark + sizeof ref - 1, text + length) : 0;
    if (!mark || which < s->first || which - s->first >= s->count) return 1;
    uint64_t due = intended(which);
    histogram_add(&crowd.answers, now > due ? now - due : 0);
    return 1;
}

static int send_frame(struct line *line, enum opcode opcode, const char *body, size_t length) {
    char *wire = malloc(length + 14);
    size_t size = websocket_frame(wire, opcode, body, length);
    ssize_t sent = send(line->fd, wire, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    free(wire);
    return sent == (ssize_t)size;
}

int line_send(struct line *line, const char *text, size_t length) { return send_frame(line, TEXT, text, length); }

/* Deals with a whole frame; 0 if the line ended with it. */
static int take_frame(struct line *line, const struct frame *frame, const char *body, uint64_t now) {
    if (frame->opcode == PING) {
        crowd.pings++;
        send_frame(line, PONG, body, frame->body);
    } else if (frame->opcode == CLOSE) {
        const unsigned char *code = (const unsigned char *)body;
        trouble("closed with code %d", frame->body >= 2 ? code[0] << 8 | code[1] : 0);
        line_lost(line);
        return 0;
    } else if (frame->opcode != PONG) {
        if ((frame->opcode == CONTINUATION) != line->open_message) {
            trouble("a message within a message");
            line_lost(line);
            return 0;
        }
        line->open_message = !frame->last;
        crowd.frames++;
        if (!answer(body, frame->body, now)) find_marks(line, body, frame->body, now);
        if (line->state == ACCEPTED && frame->last) is_ready(line);
    }
    return 1;
}

/* Takes whole frames from what has come; gives the bytes used, or -1 if the line ended. `wants` is told how many
   bytes the frame has that is not whole yet. */
static long take_frames(struct line *line, const char *from, size_t length, size_t *wants) {
    size_t used = 0;
    uint64_t now = now_us();
    struct frame frame;
    for (;;) {
        int found = websocket_head((const unsigned char *)from + used, length - used, &frame);
        if (found < 0) {
            trouble("not a frame");
            line_lost(line);
            return -1;
        }
        if (!found) break;
        if (length - used < frame.head + frame.body) {
            *wants = frame.head + frame.body;
            break;
        }
        if (!take_frame(line, &frame, from + used + frame.head, now)) return -1;
        used += frame.head + frame.body;
    }
    return (long)used;
}

static long take(struct line *line, const char *from, size_t length, size_t *wants) {
    long head = 0;
    if (line->state == ASKED) {
        head = websocket_answer(from, length);
        if (head == 0) return 0;
        if (head < 0) {
            trouble("turned down: %.40s", from);
            line_lost(line);
            return -1;
        }
        line->state = ACCEPTED;
        if (!crowd.expects_frame) is_ready(line);
    }
    long used = take_frames(line, from + head, length - (size_t)head, wants);
    return used < 0 ? -1 : head + used;
}

/* Keeps what is left of what has come, with room for `wants` bytes. */
static void hold(struct line *line, const char *from, size_t length, size_t wants) {
    if (length && from == line->held + (line->length - length) && line->room >= wants) {
        memmove(line->held, from, length);
        line->length = length;
        return;
    }
    char *before = line->held;
    line->held = NULL;
    line->room = line->length = 0;
    if (length) {
        line->room = wants > length + 512 ? wants : length + 512;
        line->held = malloc(line->room);
        if (!line->held) {
            perror("load");
            exit(1);
        }
        memcpy(line->held, from, length);
        line->length = length;
    }
    free(before);
}

static void readable(struct line *line) {
    char *into = line->held ? line->held + line->length : shared;
    size_t room = line->held ? line->room - line->length : sizeof shared - 1;
    ssize_t got = recv(line->fd, into, room, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        trouble(got ? "broken: %s" : "ended%s", got ? strerror(errno) : "");
        line_lost(line);
        return;
    }
    crowd.bytes += (uint64_t)got;
    if (line->held) line->length += (size_t)got;
    else shared[got] = 0;
    char *from = line->held ? line->held : shared;
    size_t length = line->held ? line->length : (size_t)got, wants = 0;
    long used = take(line, from, length, &wants);
    if (used < 0) return;
    /* A full buffer that gave nothing must grow. */
    if (!used && line->held && length == line->room && wants <= line->room) wants = line->room * 2;
    if (line->held || (size_t)used < length) hold(line, from + used, length - (size_t)used, wants);
}

/* --- the loop --- */

static int ready_events(struct epoll_event *events, int most, uint64_t wait) {
    int count = epoll_wait(epoll, events, most, 0);
    if (count || !wait) return count;
    struct timespec nap = {.tv_sec = (time_t)(wait / 1000000), .tv_nsec = (long)(wait % 1000000) * 1000};
    if (crowd.nap) {
        /* Asleep outside epoll, nobody who writes to us has to wake us: the server must not pay for that. */
        if (wait > crowd.nap) nap = (struct timespec){.tv_nsec = crowd.nap * 1000L};
        nanosleep(&nap, NULL);
    } else {
        struct pollfd any = {.fd = epoll, .events = POLLIN};
        ppoll(&any, 1, &nap, NULL);
    }
    return epoll_wait(epoll, events, most, 0);
}

void crowd_turn(uint64_t wait) {
    struct epoll_event events[256];
    int count = ready_events(events, 256, wait);
    for (int i = 0; i < count; i++) {
        struct line *line = &crowd.line[events[i].data.u32];
        if (line->state == AWAY) continue;
        if (line->state == CONNECTING) connected(line);
        else if (line->paused) line_lost(line); /* Only its end can have been told. */
        else readable(line);
    }
    if (now_us() > crowd.deadline) {
        fprintf(stderr, "load: the whole run took too long\n");
        exit(3);
    }
}
