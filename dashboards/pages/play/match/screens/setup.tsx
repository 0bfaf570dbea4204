import { useState } from 'preact/hooks';
import type { Controller } from '../controller.ts';
import type { Language } from '../extras.ts';
import { type Choice, readChoice, topicsOf } from '../stored.ts';
import { Title } from './message.tsx';

const LEVELS = ['A1', 'A2', 'B1', 'B2', 'C1', 'C2'];
const SIDES = 3;
const MOST_TOPICS = 8;

/** The chosen languages in order, without the gaps that cleared selects leave. */
const packed = (codes: string[]) => codes.filter((code) => code !== '');

export function Setup({ controller }: { controller: Controller }) {
  const { languages } = controller.extras();
  const [choice, setChoice] = useState<Choice>(readChoice);
  const [missing, setMissing] = useState('');
  const change = (next: Partial<Choice>) => {
    setMissing('');
    setChoice({ ...choice, ...next });
  };

  const submit = (event: Event) => {
    event.preventDefault();
    const problem = problemOf(choice);
    setMissing(problem);
    if (problem === '') void controller.find(choice);
  };

  return (
    <form onSubmit={submit} noValidate>
      <Title>Find someone to talk with</Title>
      <p class="lead">
        We match you with someone who speaks the language you practise and practises a language you
        speak. Audio only, just the two of you.
      </p>
      <Languages
        legend="I speak"
        name="native"
        codes={choice.native}
        others={choice.practice}
        languages={languages}
        onChange={(native) => change({ native })}
      />
      <Languages
        legend="I want to practise"
        name="practice"
        codes={choice.practice}
        others={choice.native}
        languages={languages}
        onChange={(practice) => change({ practice })}
      />
      <details open={choice.level !== null || choice.topics !== ''}>
        <summary>Level and topics (optional)</summary>
        <label>
          My level in the language I practise
          <select
            value={choice.level ?? ''}
            onChange={({ currentTarget: { value } }) =>
              change({ level: value === '' ? null : Number(value) })
            }
          >
            <option value="">Any</option>
            {LEVELS.map((level, index) => (
              <option key={level} value={index + 1}>
                {level}
              </option>
            ))}
          </select>
        </label>
        <label>
          Topics, separated by commas
          <input
            type="text"
            value={choice.topics}
            maxLength={280}
            placeholder="music, cooking"
            onInput={({ currentTarget }) => change({ topics: currentTarget.value })}
          />
        </label>
      </details>
      <p class="error" role="alert">
        {missing}
      </p>
      <div class="actions">
        <button type="submit" class="main">
          Find a partner
        </button>
      </div>
      <p class="small">Your browser will then ask for your microphone. We don't record calls.</p>
    </form>
  );
}

function problemOf(choice: Choice): string {
  if (choice.native.length === 0) return 'Choose a language you speak.';
  if (choice.practice.length === 0) return 'Choose a language you want to practise.';
  if (topicsOf(choice).length > MOST_TOPICS) return `Enter at most ${MOST_TOPICS} topics.`;
  return '';
}

interface LanguagesProps {
  legend: string;
  name: string;
  codes: string[];
  /** Languages chosen on the other side. Nobody both speaks and practises the same language. */
  others: string[];
  languages: readonly Language[];
  onChange: (codes: string[]) => void;
}

/** One empty select after the chosen languages, up to three. Plain selects work with every keyboard and screen reader. */
function Languages({ legend, name, codes, others, languages, onChange }: LanguagesProps) {
  const slots = Array.from({ length: Math.min(SIDES, codes.length + 1) }, (_, index) => index);
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class="selects">
        {slots.map((index) => (
          <select
            key={index}
            name={`${name}-${index}`}
            aria-label={index === 0 ? legend : `${legend}, also`}
            value={codes[index] ?? ''}
            onChange={({ currentTarget: { value } }) =>
              onChange(packed(Object.assign([...codes], { [index]: value })))
            }
          >
            <option value="">{index === 0 ? 'Choose…' : 'and…'}</option>
            {languages.map(({ code, name: label }) => (
              <option
                key={code}
                value={code}
                disabled={code !== codes[index] && [...codes, ...others].includes(code)}
              >
                {label}
              </option>
            ))}
          </select>
        ))}
      </div>
    </fieldset>
  );
}
