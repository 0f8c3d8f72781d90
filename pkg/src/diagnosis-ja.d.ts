/** What the diagnosis says in Japanese. Written from `src/diagnosis` of the repository by `cargo xtask build`. */
declare const texts: string;
export default texts;
