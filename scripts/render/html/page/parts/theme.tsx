import { useLayoutEffect, useState } from 'preact/hooks';

const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** The reader's own choice over that of the system; it is kept where the browser keeps anything for a file. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(stored);
  // Before anything is painted: an effect of the other kind shows the system's colours for an instant first.
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
    store(theme);
  }, [theme]);
  return (
    <fieldset class="group theme">
      <legend class="hidden">Theme</legend>
      {themes.map((name) => (
        <label key={name}>
          <input type="radio" name="theme" checked={theme === name} onChange={() => setTheme(name)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

const KEY = 'onetrace.theme';

/** Some browsers refuse storage to a file, with an exception. */
function stored(): Theme {
  try {
    return themes.find((name) => name === localStorage.getItem(KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds as long as the page is open.
  }
}
