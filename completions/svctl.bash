# Completion of svctl and svd for bash. The file is there under the name of each program.
# What is possible is what the program itself prints with --tab.

# The words up to the cursor. Bash takes them apart at colons; COMP_LINE shows which parts belong
# together.
_svd_tab_words() {
    local rest=${COMP_LINE:0:COMP_POINT} part at
    words=()
    for ((at = 0; at <= COMP_CWORD; at++)); do
        part=${rest#"${rest%%[![:blank:]]*}"}
        if [ "$at" != "$COMP_CWORD" ] && [ -n "$part" ]; then
            part=${COMP_WORDS[at]}
        fi
        if [ ${#words[@]} = 0 ] || [[ $rest == [[:blank:]]* ]]; then
            words+=("$part")
        else
            words[${#words[@]} - 1]+=$part
        fi
        rest=${rest#"${rest%%[![:blank:]]*}"}
        rest=${rest#"$part"}
    done
}

_svd_tab() {
    local words word last cut line program
    _svd_tab_words
    program=${words[0]/#\~/$HOME}
    last=${words[${#words[@]} - 1]}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -f -- "$last") ;;
            :directories) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -d -- "$last") ;;
            :users) mapfile -t COMPREPLY < <(compgen -u -- "$last") ;;
            *) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
    done < <("$program" --tab -- "${words[@]:1}" 2>/dev/null)
    # Bash replaces what follows the last colon only.
    cut=${last%"${last##*:}"}
    if [ -n "$cut" ] && [[ $COMP_WORDBREAKS == *:* ]]; then
        for word in "${!COMPREPLY[@]}"; do
            COMPREPLY[word]=${COMPREPLY[word]#"$cut"}
        done
    fi
}

complete -F _svd_tab "$(basename -- "${BASH_SOURCE[0]}" .bash)"
