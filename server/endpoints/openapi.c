#include "server/endpoints/openapi.h"

#include <string.h>

/* Generated from openapi.yaml by cmake/EmbedFile.cmake. */
extern const unsigned char openapi_yaml[];
extern const size_t openapi_yaml_bytes;
extern const char openapi_yaml_etag[];

/*
 * If-None-Match compares weakly (RFC 9110 section 13.1.2): a W/ before the tag makes no difference.
 */
static bool client_has_tag(const char *if_none_match, const char *tag)
{
    return if_none_match != NULL &&
           (strcmp(if_none_match, "*") == 0 || strstr(if_none_match, tag) != NULL);
}

void endpoint_openapi(struct reply *out, const struct request *request)
{
    out->cache_control = "no-cache"; /* clients may store it, but must revalidate it each time */
    reply_header(out, "ETag", openapi_yaml_etag);
    if (client_has_tag(request->if_none_match, openapi_yaml_etag)) {
        reply_empty(out, 304);
        return;
    }
    text_append_bytes(&out->body, (const char *)openapi_yaml, openapi_yaml_bytes);
    reply_text(out, 200, "application/yaml");
}
