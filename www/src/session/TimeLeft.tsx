import { useTexts } from '../texts';
import { useNow } from './useNow';

interface Props {
  issuedAt: number;
  expiresAt: number;
}

const twoDigits = (number: number) => String(number).padStart(2, '0');

/** A live countdown to the moment at which the tokens expire; both in milliseconds. */
export function TimeLeft({ issuedAt, expiresAt }: Props) {
  const { t } = useTexts();
  const now = useNow();
  const left = Math.max(0, Math.round((expiresAt - now) / 1000));
  const share = Math.min(1, (left * 1000) / Math.max(1, expiresAt - issuedAt));
  const hours = Math.floor(left / 3600);
  const clock = `${twoDigits(Math.floor(left / 60) % 60)}:${twoDigits(left % 60)}`;
  return (
    <div className="time-left">
      <span className="label" id="time-left">
        {t.pass.timeLeft}
      </span>
      <span role="timer" aria-labelledby="time-left" className="time-left-clock">
        {hours > 0 ? `${hours}:${clock}` : clock}
      </span>
      <svg className="time-left-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width={share * 100} height="1" />
      </svg>
    </div>
  );
}
