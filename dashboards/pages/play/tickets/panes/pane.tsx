import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  title: string;
  /** What a newcomer does next is here. */
  isNext: boolean;
  link?: [href: string, text: string];
  children: ComponentChildren;
}

export function Pane({ title, isNext, link, children }: Props) {
  const heading = useId();
  return (
    <section class={isNext ? 'pane on' : 'pane'} aria-labelledby={heading}>
      <h2 id={heading}>{title}</h2>
      {children}
      {link ? (
        <p class="foot">
          <a href={link[0]} target="_blank" rel="noreferrer">
            {link[1]}
          </a>
        </p>
      ) : null}
    </section>
  );
}
