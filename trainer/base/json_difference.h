/*
 * Describes the first difference between two JSON documents, for an error message.
 *
 *     json_difference(text, "{\"epochs\": 5}", "{\"epochs\": 6}");     "epochs is 5, expected 6"
 *
 * Threads: any.
 */
#ifndef TRAINER_BASE_JSON_DIFFERENCE_H
#define TRAINER_BASE_JSON_DIFFERENCE_H

#define JSON_DIFFERENCE_BYTES 200

/*
 * Writes the path of the first difference and both values, truncated where they are long. Writes an
 * empty string if the documents are equal; the order of an object's members does not matter. If
 * either document is not valid JSON, the text says so.
 */
void json_difference(char out[JSON_DIFFERENCE_BYTES], const char *actual, const char *expected);

#endif
