import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

export interface Tab {
  label: string;
  /** Called when it is looked at first: four waterfalls at once would be slow. */
  content: () => ComponentChildren;
}

/** The ARIA tabs pattern: the arrow keys choose, Tab goes on into what was chosen. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const [chosen, choose] = useState(0);
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    const last = tabs.length - 1;
    const to = {
      ArrowRight: chosen === last ? 0 : chosen + 1,
      ArrowLeft: chosen === 0 ? last : chosen - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    choose(to);
    document.getElementById(`${id}-tab-${to}`)?.focus();
    event.preventDefault();
  };
  return (
    <>
      <div role="tablist" class="tabs" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map((tab, index) => (
          <button
            key={tab.label}
            type="button"
            role="tab"
            id={`${id}-tab-${index}`}
            aria-selected={index === chosen}
            aria-controls={index === chosen ? `${id}-panel` : undefined}
            tabIndex={index === chosen ? 0 : -1}
            onClick={() => choose(index)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} class="panel" aria-labelledby={`${id}-tab-${chosen}`} key={chosen}>
        {tabs[chosen]?.content()}
      </div>
    </>
  );
}
