/** What bundlers replace and Node has; browsers have no `process`. */
declare const process: { env: { NODE_ENV?: string } };

/** Whether this is not a build for production, as far as a bundler or Node tells. */
export function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production';
  } catch {
    return false;
  }
}
