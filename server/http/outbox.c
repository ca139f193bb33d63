#include "server/http/outbox.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static bool cork_socket(int socket, int on)
{
    return setsockopt(socket, IPPROTO_TCP, TCP_CORK, &on, sizeof on) == 0;
}

void outbox_hold(struct outbox *outbox, int socket)
{
    outbox->answers++;
    if (outbox->busy && outbox->held < OUTBOX_SOCKETS && cork_socket(socket, 1))
        outbox->sockets[outbox->held++] = socket;
}

void outbox_release(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->held; i++)
        cork_socket(outbox->sockets[i], 0);
    outbox->busy = outbox->answers > 1;
    outbox->answers = 0;
    outbox->held = 0;
}
