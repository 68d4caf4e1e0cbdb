export type Shell = "bash" | "zsh" | "fish";

/** What a shell runs once, so that it asks the command itself what a word may become; and how it is made to. */
interface Script {
  script: string;
  use: string;
}

/** A name of a flow may be anything: none of the shells takes it for more than a word. */
export const scripts: Record<Shell, Script> = {
  bash: {
    use: `eval "$(meta-prefect completion bash)", in ~/.bashrc`,
    script: `_meta_prefect() {
  local current=\${COMP_WORDS[COMP_CWORD]} words word _
  words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    case $current in
      [\\"\\']*) [[ $word == *[\\"\\'\\$\\\`\\\\!]* ]] && continue ;;
      *) printf -v word %q "$word" ;;
    esac
    COMPREPLY+=("$word")
  done < <("$1" completion words -- "\${words[@]//[\\\\\\"\\']/}" 2>/dev/null)
}
complete -o default -F _meta_prefect meta-prefect`,
  },
  zsh: {
    use: `eval "$(meta-prefect completion zsh)", in ~/.zshrc after compinit`,
    script: `#compdef meta-prefect
_meta-prefect() {
  local line
  local -a found
  for line in "\${(@f)$("\${(Q)words[1]}" completion words -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe meta-prefect found; else _files; fi
}
if [[ $funcstack[1] == _meta-prefect ]]; then _meta-prefect "$@"; else compdef _meta-prefect meta-prefect; fi`,
  },
  fish: {
    use: "meta-prefect completion fish | source, in ~/.config/fish/config.fish",
    script: `function __meta_prefect
  set -l words (commandline -opc) (commandline -ct)
  $words[1] completion words -- $words[2..] 2>/dev/null
end
complete -c meta-prefect -f -a '(__meta_prefect)'
complete -c meta-prefect -n 'contains -- (commandline -opc)[-1] --file --from --out' -F`,
  },
};
