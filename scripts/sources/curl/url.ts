/** Semantic conventions: `url.full` must not hold a user name or a password, and a screen should not either. */
export function withoutCredentials(url: string): string {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  return copy.href;
}

/** Whether a request to it stays on this machine. */
export const isLoopback = (url: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
