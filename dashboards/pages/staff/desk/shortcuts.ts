/** The part of a keyboard event that decides. */
export interface Key {
  key: string;
  hasModifier: boolean;
  /** The focus is in a field, or a dialog is open. */
  isTyping: boolean;
  repeat: boolean;
}

/** The shortcut of a key press, in upper case, or null. */
export function shortcutOf({ key, hasModifier, isTyping, repeat }: Key): string | null {
  if (hasModifier || isTyping || repeat) return null;
  return /^[a-z]$/i.test(key) ? key.toUpperCase() : null;
}

/** Reads a key press of the browser. */
export function keyOf(event: KeyboardEvent): Key {
  const target = event.target instanceof Element ? event.target : null;
  return {
    key: event.key,
    hasModifier: event.ctrlKey || event.altKey || event.metaKey,
    isTyping:
      target?.closest('input:not([type="checkbox"]), select, textarea') !== null ||
      document.querySelector('dialog[open]') !== null,
    repeat: event.repeat,
  };
}
