# Completion of svctl and svd for fish. The file is there under the name of each program. What is
# possible is what the program itself prints with --tab.

function __svd_tab
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    for line in ($words[1] --tab -- $words[2..-1] "$last" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path $last
            case :directories
                __fish_complete_directories $last
            case :users
                __fish_complete_users
            case '*'
                echo $line
        end
    end
end

complete -c (basename (status filename) .fish) -f -a '(__svd_tab)'
