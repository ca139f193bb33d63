/*
 * Where two JSON documents that should be the same first differ, for a message.
 *
 *     json_difference(text, "{\"epochs\": 5}", "{\"epochs\": 6}")     "epochs is 5 there, 6 here"
 *
 * Threads: any.
 */
#ifndef TRAINER_BASE_JSON_DIFFERENCE_H
#define TRAINER_BASE_JSON_DIFFERENCE_H

#define JSON_DIFFERENCE_BYTES 200

/*
 * Writes the path of the first difference and both values, long ones cut, or an empty text if the
 * documents say the same. Takes what is not JSON for a difference as a whole.
 */
void json_difference(char out[JSON_DIFFERENCE_BYTES], const char *there, const char *here);

#endif
