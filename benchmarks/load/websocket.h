/* The few things about RFC 6455 that a client has to know. No input or output happens here. */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include <stddef.h>
#include <stdint.h>

enum opcode { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

struct frame {
    enum opcode opcode;
    int last;          /* whether the message ends with it */
    size_t head, body; /* bytes */
};

/* Writes the opening request; gives its length, or 0 if `room` is too small. `headers` are whole lines. */
size_t websocket_request(char *to, size_t room, const char *path, int port, const char *headers);

/* The length of the answer's head, 0 if it has not come wholly, -1 if it is no. */
long websocket_answer(const char *from, size_t length);

/* Reads a frame's head: 1 if it is there, 0 if more bytes are needed, -1 if a server may not send it. */
int websocket_head(const unsigned char *from, size_t length, struct frame *frame);

/* Writes a masked frame, which takes at most 14 bytes more than its body; gives its length. */
size_t websocket_frame(char *to, enum opcode opcode, const char *body, size_t length);

#endif
