# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for porchlight(1)

_porchlight()
{
    local cur prev verb
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    verb=${COMP_WORDS[1]}

    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W 'status watch sign-in set-up sign-out add remove notify history search
            export import appear idle away-after autostart quit --help --version' -- "$cur"))
        return
    fi

    case $verb in
        status) COMPREPLY=($(compgen -W '--json --verbose --help' -- "$cur")) ;;
        watch | search) COMPREPLY=($(compgen -W '--json --help' -- "$cur")) ;;
        sign-in) COMPREPLY=($(compgen -W '--this-run-only --code --provider --new-account --help' -- "$cur")) ;;
        sign-out) COMPREPLY=($(compgen -W '--forget --others --help' -- "$cur")) ;;
        export | import | set-up) COMPREPLY=($(compgen -f -- "$cur")) ;;
        appear)
            if [[ $prev == --for || $prev == -f ]]; then
                COMPREPLY=($(compgen -W '30m 1h 4h 8h' -- "$cur"))
            else
                COMPREPLY=($(compgen -W 'offline online --for --help' -- "$cur"))
            fi
            ;;
        autostart | idle) COMPREPLY=($(compgen -W 'on off --help' -- "$cur")) ;;
        away-after) COMPREPLY=($(compgen -W 'never 5 10 15 30 --help' -- "$cur")) ;;
        notify)
            if ((COMP_CWORD == 3)); then
                COMPREPLY=($(compgen -W 'once always also-leaves never default' -- "$cur"))
                return
            fi
            ;;&
        history)
            case $prev in
                --keep | -k)
                    COMPREPLY=($(compgen -W 'off 30-days 90-days forever' -- "$cur"))
                    return
                    ;;
                --since | -s)
                    COMPREPLY=($(compgen -W '1d 7d 30d' -- "$cur"))
                    return
                    ;;
            esac
            if [[ $cur == -* ]]; then
                COMPREPLY=($(compgen -W '--json --since --keep --delete --help' -- "$cur"))
                return
            fi
            ;;&
        remove | notify | history)
            # Names may hold blanks: a line each.
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(porchlight status --json 2>/dev/null \
                | sed -n 's/^ *"name" : "\(.*\)",$/\1/p' | tail -n +2)" -- "$cur"))
            COMPREPLY=("${COMPREPLY[@]// /\\ }")
            ;;
    esac
}

complete -F _porchlight porchlight
