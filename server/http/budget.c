#include "server/http/budget.h"

bool budget_take(struct budget *budget, size_t bytes)
{
    size_t taken = atomic_load_explicit(&budget->taken_bytes, memory_order_relaxed);
    size_t limit = atomic_load_explicit(&budget->limit_bytes, memory_order_relaxed);
    do {
        if (taken > limit || bytes > limit - taken)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&budget->taken_bytes, &taken, taken + bytes,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

void budget_give(struct budget *budget, size_t bytes)
{
    atomic_fetch_sub_explicit(&budget->taken_bytes, bytes, memory_order_relaxed);
}
