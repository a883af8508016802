/**
 * The errors of this package.
 *
 * ```
 * SegOpsError                        every error of this package
 * ├── SegOpsConfigError              the client cannot be used as it is set up; nothing was sent
 * ├── SegOpsArgumentError            a call's argument is unusable; nothing was sent
 * ├── SegOpsConnectionError          no whole reply came back
 * │   └── SegOpsTimeoutError         … because it took too long
 * ├── SegOpsApiError                 the server answered, and not with success
 * │   ├── SegOpsBadRequestError      400, 422
 * │   ├── SegOpsAuthenticationError  401
 * │   ├── SegOpsPermissionError      403
 * │   ├── SegOpsNotFoundError        404
 * │   ├── SegOpsRateLimitError       429
 * │   └── SegOpsServerError          5xx
 * ├── SegOpsDecodeError              the reply cannot be read
 * ├── SegOpsJobError                 a job that was waited for has failed
 * ├── SegOpsWaitTimeout              a job that was waited for did not finish in time
 * └── SegOpsWebhookError             a webhook is not genuine, or not readable
 * ```
 */

export {
  type ApiErrorDetails,
  SegOpsApiError,
  SegOpsAuthenticationError,
  SegOpsBadRequestError,
  SegOpsNotFoundError,
  SegOpsPermissionError,
  SegOpsRateLimitError,
  SegOpsServerError,
} from "./api.js";
export { SegOpsError } from "./base.js";
export { type ConnectionErrorDetails, SegOpsConnectionError, SegOpsTimeoutError } from "./connection.js";
export {
  type DecodeErrorDetails,
  SegOpsArgumentError,
  SegOpsConfigError,
  SegOpsDecodeError,
  SegOpsJobError,
  SegOpsWaitTimeout,
  SegOpsWebhookError,
} from "./others.js";
