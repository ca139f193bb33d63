#include "server/http/service.h"

#include "server/http/worker.h"

size_t service_requests_in_flight(const struct service *service)
{
    size_t sum = 0;
    for (size_t i = 0; i < service->worker_count; i++)
        sum += atomic_load_explicit(&service->workers[i].in_flight, memory_order_acquire);
    return sum;
}
