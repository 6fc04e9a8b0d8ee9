"""The pool of formation-peers.sh: prepared for each peer, and everybody's groups measured alike.

prepare DIR SIZE      instance.mdgp, distances.csv, class.csv and random.csv from people.csv
groupeng DIR          runs GroupEng and writes groupeng.csv
row DIR NAME FILE S   a row of the table for groups given as lines "person,group"
"""

import csv
import os
import random
import sys


def people(work):
    with open(os.path.join(work, "people.csv"), newline="") as file:
        return [one for one in csv.DictReader(file) if one["role"] == "participant"]


def apart(a, b):
    """Topics that only one of two names, steps between their levels, and 3 for two departments."""
    topics = bin(int(a["topics"]) ^ int(b["topics"])).count("1")
    levels = abs(int(a["level"]) - int(b["level"]))
    return topics + levels + 3 * (a["department"] != b["department"])


def prepare(work, size):
    pool = people(work)
    count = len(pool) // size
    pool = pool[: count * size]
    with open(os.path.join(work, "class.csv"), "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "department", "level"])
        writer.writerows([one["id"], one["department"], one["level"]] for one in pool)
    with open(os.path.join(work, "class.groupeng"), "w") as file:
        departments = ", ".join(sorted({one["department"] for one in pool}))
        file.write(
            "classlist : class.csv\nstudent_identifier : ID\ngroup_size : %d+\n\n"
            "- distribute : department\n  values : %s\n\n- balance : level\n" % (size, departments)
        )
    with open(os.path.join(work, "instance.mdgp"), "w") as file:
        file.write("%d %d ss" % (len(pool), count) + " %d %d" % (size, size) * count)
        for i, a in enumerate(pool):
            for j in range(i + 1, len(pool)):
                file.write("\n%d %d %d" % (i, j, apart(a, pool[j])))
    with open(os.path.join(work, "distances.csv"), "w") as file:
        for a in pool:
            file.write(",".join(str(apart(a, b)) for b in pool) + "\n")
    numbers = list(range(len(pool)))
    random.Random(1).shuffle(numbers)
    save(work, "random.csv", {number: place % count for place, number in enumerate(numbers)})


def save(work, name, groups):
    with open(os.path.join(work, name), "w") as file:
        file.writelines("%d,%s\n" % (number, group) for number, group in sorted(groups.items()))


def groupeng(work):
    from GroupEng import controller

    os.chdir(work)
    numbers = {one["id"]: at for at, one in enumerate(people(work))}
    _, folder = controller.run("class.groupeng")
    groups = {}
    with open(os.path.join(folder, "class_groups.csv")) as file:
        for line in file:
            name, *members = [text.strip() for text in line.split(",")]
            groups.update((numbers[member], name.split()[-1]) for member in members if member)
    save(work, "groupeng.csv", groups)


def row(work, name, path, seconds):
    pool = people(work)
    groups = {}
    with open(path) as file:
        for line in file:
            number, group = line.strip().split(",")
            groups.setdefault(group, []).append(pool[int(number)])
    total = organisations = departments = 0
    for group in groups.values():
        for i, a in enumerate(group):
            for b in group[i + 1 :]:
                total += apart(a, b)
                organisations += a["organisation"] == b["organisation"]
                departments += a["department"] == b["department"]
    sizes = sorted({len(group) for group in groups.values()})
    note = "" if sizes == [4] else " (sizes %s)" % "/".join(map(str, sizes))
    print("| %s%s | %s | %d | %d | %d |" % (name, note, seconds, total, organisations, departments))


def main():
    command, work, *rest = sys.argv[1:]
    if command == "prepare":
        prepare(work, int(rest[0]))
    elif command == "groupeng":
        groupeng(work)
    elif command == "row":
        row(work, *rest)
    else:
        sys.exit(__doc__)


main()
