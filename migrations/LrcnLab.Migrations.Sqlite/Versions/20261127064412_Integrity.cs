using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LrcnLab.Migrations.Sqlite.Versions
{
    /// <inheritdoc />
    public partial class Integrity : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Problem",
                table: "Artifacts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "VerifiedAt",
                table: "Artifacts",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Problem",
                table: "Artifacts");

            migrationBuilder.DropColumn(
                name: "VerifiedAt",
                table: "Artifacts");
        }
    }
}
