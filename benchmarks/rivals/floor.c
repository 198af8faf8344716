/* The floor: what the kernel asks for when one thread sends each text to everybody, and little else.
 *
 *   floor PORT GREETING_BYTES
 *
 * It knows one websocket key, the one that our own load program uses, and reads texts of up to 60 kB.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 20000
static const char accepted[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

enum kind { NOBODY, STRANGER, LISTENER, PUBLISHER };
static struct {
    enum kind kind;
    char *unsent; /* what the socket did not take yet */
    size_t length;
} line[MOST];

static int epoll, listener_count, listeners[MOST];
static char *greeting;
static size_t greeting_length;

static size_t frame(char *to, const char *text, size_t length) {
    to[0] = (char)0x81;
    if (length < 126) {
        to[1] = (char)length;
        memcpy(to + 2, text, length);
        return length + 2;
    }
    to[1] = 126;
    to[2] = (char)(length >> 8);
    to[3] = (char)length;
    memcpy(to + 4, text, length);
    return length + 4;
}

static void watch(int fd, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(epoll, operation, fd, &event);
}

static void forget(int fd) {
    for (int i = 0; i < listener_count; i++)
        if (listeners[i] == fd) listeners[i--] = listeners[--listener_count];
    free(line[fd].unsent);
    memset(&line[fd], 0, sizeof line[fd]);
    close(fd);
}

static void keep(int fd, const char *rest, size_t length) {
    line[fd].unsent = realloc(line[fd].unsent, line[fd].length + length);
    memcpy(line[fd].unsent + line[fd].length, rest, length);
    line[fd].length += length;
    watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void write_to(int fd, const char *wire, size_t length) {
    ssize_t sent = line[fd].length ? 0 : send(fd, wire, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return; /* Its end will be read. */
    if (sent < 0) sent = 0;
    if ((size_t)sent < length) keep(fd, wire + sent, length - (size_t)sent);
}

static void write_more(int fd) {
    ssize_t sent = send(fd, line[fd].unsent, line[fd].length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return;
    line[fd].length -= (size_t)sent;
    memmove(line[fd].unsent, line[fd].unsent + sent, line[fd].length);
    if (!line[fd].length) watch(fd, EPOLL_CTL_MOD, EPOLLIN);
}

static void welcome(int fd, const char *request) {
    int publishes = !strncmp(request, "GET /publish", 12);
    line[fd].kind = publishes ? PUBLISHER : LISTENER;
    write_to(fd, accepted, sizeof accepted - 1);
    if (publishes) return;
    listeners[listener_count++] = fd;
    write_to(fd, greeting, greeting_length);
}

/* Sends every whole text of the publisher to all; gives the bytes used. */
static size_t publish(unsigned char *from, size_t length) {
    static char text[65536], wire[65536];
    size_t used = 0;
    while (length - used >= 6) {
        unsigned char *f = from + used;
        size_t head = 2, body = f[1] & 127;
        if (body == 126) {
            body = (size_t)(f[2] << 8 | f[3]);
            head = 4;
        }
        if (length - used < head + 4 + body) break;
        for (size_t i = 0; i < body; i++) text[i] = (char)(f[head + 4 + i] ^ f[head + (i & 3)]);
        used += head + 4 + body;
        if ((f[0] & 15) != 1) continue;
        size_t size = frame(wire, text, body);
        for (int i = 0; i < listener_count; i++) write_to(listeners[i], wire, size);
    }
    return used;
}

static void hear(int fd) {
    static unsigned char text[65536], kept[65536];
    static size_t length;
    ssize_t got = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        forget(fd);
    } else if (line[fd].kind == STRANGER) {
        text[got] = 0;
        welcome(fd, (char *)text);
    } else if (line[fd].kind == PUBLISHER && length + (size_t)got <= sizeof kept) {
        memcpy(kept + length, text, (size_t)got);
        length += (size_t)got;
        size_t used = publish(kept, length);
        memmove(kept, kept + used, length -= used);
    }
}

static void accept_all(int door) {
    int fd, yes = 1;
    while ((fd = accept4(door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (fd >= MOST) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        line[fd].kind = STRANGER;
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

int main(int argc, char **argv) {
    if (argc != 3) return 1;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    size_t size = (size_t)atoi(argv[2]);
    char *dots = memset(malloc(size), '.', size);
    greeting = malloc(size + 4);
    greeting_length = frame(greeting, dots, size);

    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(door, (struct sockaddr *)&at, sizeof at) || listen(door, 4096)) {
        perror("floor");
        return 1;
    }
    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(door, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event events[512];
        int count = epoll_wait(epoll, events, 512, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == door) {
                accept_all(door);
            } else {
                if (events[i].events & EPOLLOUT) write_more(fd);
                if (events[i].events & ~(uint32_t)EPOLLOUT) hear(fd);
            }
        }
    }
}
