import { useId } from 'react';

interface Props<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: string; text: string }[];
  onChoose: (value: T) => void;
}

/** A row of radio buttons that looks like one switch. */
export function Choice<T extends string>({ label, value, options, onChoose }: Props<T>) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className="unseen">{label}</legend>
      {options.map((option) => (
        <label key={option.value} title={option.label}>
          <input
            type="radio"
            name={name}
            value={option.value}
            aria-label={option.label}
            checked={option.value === value}
            onChange={() => {
              onChoose(option.value);
            }}
          />
          <span aria-hidden="true">{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
}
