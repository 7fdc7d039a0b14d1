# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for porchlight(1)

function __porchlight_contacts
    porchlight status --json 2>/dev/null | string replace -rf '^ *"name" : "(.*)",$' '$1' | tail -n +2
end

complete -c porchlight -f
complete -c porchlight -n __fish_use_subcommand -s h -l help -d 'Show help'
complete -c porchlight -n __fish_use_subcommand -l version -d 'Show the version'
complete -c porchlight -n __fish_use_subcommand -a status -d 'Show who is online'
complete -c porchlight -n __fish_use_subcommand -a watch -d 'Print a line for each change'
complete -c porchlight -n __fish_use_subcommand -a sign-in -d 'Sign in; asks for what it needs'
complete -c porchlight -n __fish_use_subcommand -a set-up -d 'Try a set-up made by hand'
complete -c porchlight -n __fish_use_subcommand -a sign-out -d 'Sign out'
complete -c porchlight -n __fish_use_subcommand -a add -d 'Add contacts'
complete -c porchlight -n __fish_use_subcommand -a remove -d 'Remove contacts, by name or id'
complete -c porchlight -n __fish_use_subcommand -a notify -d 'Choose when to be told of a contact'
complete -c porchlight -n __fish_use_subcommand -a history -d 'Show when a contact was here'
complete -c porchlight -n __fish_use_subcommand -a search -d 'Look for people on the server'
complete -c porchlight -n __fish_use_subcommand -a export -d 'Write the contacts as JSON'
complete -c porchlight -n __fish_use_subcommand -a import -d 'Add the contacts of an export'
complete -c porchlight -n __fish_use_subcommand -a appear -d 'Choose what others see'
complete -c porchlight -n __fish_use_subcommand -a idle -d 'Say whether you are away'
complete -c porchlight -n __fish_use_subcommand -a away-after -d 'Choose after how many minutes you are away'
complete -c porchlight -n __fish_use_subcommand -a autostart -d 'Choose whether it starts when you log in'
complete -c porchlight -n __fish_use_subcommand -a quit -d 'Go offline and end Porchlight'
complete -c porchlight -n '__fish_seen_subcommand_from status watch history search' -s j -l json -d 'Print JSON'
complete -c porchlight -n '__fish_seen_subcommand_from status' -s v -l verbose -d 'Print ids and details too'
complete -c porchlight -n '__fish_seen_subcommand_from sign-in' -l this-run-only -d 'Keep the session in memory'
complete -c porchlight -n '__fish_seen_subcommand_from sign-in' -l code -d 'A code by email'
complete -c porchlight -n '__fish_seen_subcommand_from sign-in' -l provider -x -a 'github google gitlab' -d 'In the browser'
complete -c porchlight -n '__fish_seen_subcommand_from sign-in' -l new-account -d 'Make an account first'
complete -c porchlight -n '__fish_seen_subcommand_from sign-out' -l forget -d 'Delete everything about the account'
complete -c porchlight -n '__fish_seen_subcommand_from sign-out' -l others -d 'Everywhere but here'
complete -c porchlight -n '__fish_seen_subcommand_from remove notify history' -a '(__porchlight_contacts)'
complete -c porchlight -n '__fish_seen_subcommand_from notify' -a 'once always also-leaves never default'
complete -c porchlight -n '__fish_seen_subcommand_from history' -s s -l since -x -a '1d 7d 30d' -d 'From when on'
complete -c porchlight -n '__fish_seen_subcommand_from history' -s k -l keep -x -a 'off 30-days 90-days forever' -d 'Keep a history for so long'
complete -c porchlight -n '__fish_seen_subcommand_from history' -l delete -d 'Delete the history of everybody'
complete -c porchlight -n '__fish_seen_subcommand_from idle autostart' -a 'on off'
complete -c porchlight -n '__fish_seen_subcommand_from away-after' -a 'never 5 10 15 30'
complete -c porchlight -n '__fish_seen_subcommand_from export import' -F
complete -c porchlight -n '__fish_seen_subcommand_from appear' -a 'offline online'
complete -c porchlight -n '__fish_seen_subcommand_from appear' -s f -l for -x -a '30m 1h 4h 8h' -d 'For how long'
