#define _GNU_SOURCE
#include "websocket.h"

#include <stdio.h>
#include <string.h>

/* The key and its answer are the example of RFC 6455, section 1.3. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define PROOF "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

size_t websocket_request(char *to, size_t room, const char *path, int port, const char *headers) {
    int length = snprintf(to, room,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n%s\r\n",
                          path, port, headers);
    return length > 0 && (size_t)length < room ? (size_t)length : 0;
}

long websocket_answer(const char *from, size_t length) {
    const char *end = memmem(from, length, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - from) + 4;
    if (strncmp(from, "HTTP/1.1 101", 12) || !memmem(from, head, PROOF, sizeof PROOF - 1)) return -1;
    return (long)head;
}

int websocket_head(const unsigned char *from, size_t length, struct frame *frame) {
    if (length < 2) return 0;
    frame->last = from[0] >> 7;
    frame->opcode = from[0] & 15;
    frame->head = 2;
    frame->body = from[1] & 127;
    int control = frame->opcode >= CLOSE;
    /* Nothing was agreed on that would use the reserved bits, and servers do not mask. */
    if (from[0] & 0x70 || from[1] & 0x80) return -1;
    if (frame->opcode > PONG || (frame->opcode > BINARY && frame->opcode < CLOSE)) return -1;
    if (control && (!frame->last || frame->body > 125)) return -1;
    if (frame->body >= 126) {
        size_t more = frame->body == 126 ? 2 : 8;
        if (length < 2 + more) return 0;
        frame->head = 2 + more;
        frame->body = 0;
        for (size_t i = 0; i < more; i++) frame->body = frame->body << 8 | from[2 + i];
    }
    return frame->body > 64u << 20 ? -1 : 1;
}

size_t websocket_frame(char *to, enum opcode opcode, const char *body, size_t length) {
    static const char mask[4] = {0x5a, 0x13, 0x7c, 0x29};
    size_t head = 2;
    to[0] = (char)(0x80 | opcode);
    if (length < 126) {
        to[1] = (char)(0x80 | length);
    } else if (length < 65536) {
        to[1] = (char)(0x80 | 126);
        to[2] = (char)(length >> 8);
        to[3] = (char)length;
        head = 4;
    } else {
        to[1] = (char)(0x80 | 127);
        for (int i = 0; i < 8; i++) to[2 + i] = (char)((uint64_t)length >> (56 - 8 * i));
        head = 10;
    }
    memcpy(to + head, mask, 4);
    head += 4;
    for (size_t i = 0; i < length; i++) to[head + i] = body[i] ^ mask[i & 3];
    return head + length;
}
