/** The mark: a gate. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path className="mark-lintel" d="M4 8.6c8 1.5 16 1.5 24 0" />
      <path d="M6.5 14h19M11 10v16M21 10v16" />
    </svg>
  );
}
