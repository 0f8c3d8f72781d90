import type { ReactNode, Ref } from 'react';

interface Props {
  primary?: boolean;
  disabled: boolean;
  onAct: () => void;
  ref?: Ref<HTMLButtonElement>;
  children: ReactNode;
}

/** A button that keeps the focus while it does nothing: `disabled` would drop it to the top of the page. */
export function ActionButton({ primary, disabled, onAct, ref, children }: Props) {
  return (
    <button
      ref={ref}
      type="button"
      className={primary ? 'primary' : undefined}
      aria-disabled={disabled}
      onClick={() => {
        if (!disabled) onAct();
      }}
    >
      {children}
    </button>
  );
}
