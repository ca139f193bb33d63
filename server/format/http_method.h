/*
 * The method of an HTTP request line.
 * Threads: any.
 */
#ifndef SERVER_FORMAT_HTTP_METHOD_H
#define SERVER_FORMAT_HTTP_METHOD_H

/* X(name): the methods that the server knows; any other method is HTTP_OTHER. */
#define HTTP_METHODS(X) X(GET) X(HEAD) X(POST) X(PUT) X(PATCH) X(DELETE) X(OPTIONS)

enum http_method {
#define X(name) HTTP_##name,
    HTTP_METHODS(X)
#undef X
        HTTP_OTHER,
};

#define HTTP_METHOD_COUNT (HTTP_OTHER + 1)

/* "GET" and so on; "OTHER" for HTTP_OTHER. */
const char *http_method_name(enum http_method method);

/* The method called `name`; method names are case-sensitive (RFC 9110 section 9.1). */
enum http_method http_method_parse(const char *name);

#endif
